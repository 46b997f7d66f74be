/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.js - what makes the search page quicker to use
 *
 * All of it works without: the server writes whole pages.  Here links and forms
 * fetch them and exchange <main>, so that box, scroll position and focus stay.
 * The URL is the only state.  Text goes in as textContent, pages through
 * DOMParser, which runs no script; styles are classes and SVG attributes.
 */
'use strict';
(() => {

const COMPLETE_MS = 120, SLOW_MS = 300, DRAG_PX = 5, BAR_PX = 80, REMEMBERED_MAX = 30;
const SVG = 'http://www.w3.org/2000/svg', TOKEN = 'trawl-token', SCROLL = 'trawl-scroll';
const root = document.documentElement;
const box = document.getElementById('q');
const one = (selector, at = document) => at.querySelector(selector);
const on = (node, type, act, ...more) => node.addEventListener(type, act, ...more);
const all = (selector, at = document) => [...at.querySelectorAll(selector)];

function make(name, attributes, ...children) {
	const node = document.createElementNS(/svg|rect/.test(name) ? SVG : root.namespaceURI, name);
	for (const key in attributes)
		node.setAttribute(key, attributes[key]);
	node.append(...children);
	return node;
}

const live = make('p', { class: 'sr', role: 'status' });
document.body.append(live);

function say(text) {
	live.textContent = '';
	setTimeout(() => { live.textContent = text; }, 50);
}

function ask(url, signal) {
	const token = sessionStorage.getItem(TOKEN);
	return fetch(url, { signal, headers: token ? { Authorization: 'Bearer ' + token } : {} });
}

/* ------------------------------------------------------------------- pages */

const pageOf = doc => ({
	title: doc.title,
	kind: doc.body.className,
	main: one('#main', doc),
	q: one('#q', doc)?.value,
	index: one('#in', doc)?.value,
	kept: all('.search input[type=hidden]', doc),
	feed: one('link[rel=alternate]', doc)
});

let here = pageOf(document), shown = location.href, fetching = null;
/* Entries of the history by history.state.id, which is here.entry: page, focus.
 * history.state.from: the URL that led there. */
const remembered = new Map();
const scrolls = JSON.parse(sessionStorage.getItem(SCROLL) || '{}');
here.entry = history.state?.id || enter('replaceState', location.href);

function enter(how, url, from) {
	const id = Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
	history[how]({ id, from }, '', url);
	return id;
}

const withoutHash = url => String(url).split('#')[0];

/* The URL of a link or form if it is a page of ours. */
function ours(address) {
	let url;
	try {
		url = new URL(address, location.href);
	} catch {
		return null;
	}
	return url.origin === location.origin &&
		/^\/(view(\/.*)?)?$/.test(url.pathname) ? url : null;
}

function leave() {
	const focus = document.activeElement;
	scrolls[here.entry] = scrollY;
	remembered.delete(here.entry);
	remembered.set(here.entry, { page: here, focus: here.main.contains(focus) ? focus : null });
	if (remembered.size > REMEMBERED_MAX)
		remembered.delete(remembered.keys().next().value);
}

/* Exchange what is shown; y: where it was scrolled to, if it was seen before. */
function show(page, url, y, focus) {
	closeList();
	one('.help')?.removeAttribute('open');
	document.title = page.title;
	document.body.className = page.kind;
	if (box && page.q !== undefined) {
		box.value = page.q;
		if (page.kept) {
			all('.search input[type=hidden]').forEach(input => input.remove());
			box.form.append(...page.kept);
		}
		if (box.form.elements.in)
			box.form.elements.in.value = page.index || '';
	}
	one('link[rel=alternate]')?.remove();
	if (page.feed)
		document.head.append(page.feed);
	/* It is said in the live region: once is enough. */
	one('#count', page.main)?.removeAttribute('role');
	here.main.replaceWith(page.main);
	/* Another footer is below another page: none has moved. */
	const footer = one('footer');
	footer?.replaceWith(footer.cloneNode(true));
	here = page;
	shown = String(url);
	dress(page);
	(focus || page.main).focus({ preventScroll: true });
	const target = new URL(url, location.href).hash.slice(1);
	if (y === undefined && target && document.getElementById(target))
		document.getElementById(target).scrollIntoView();
	else
		scrollTo(0, y || 0);
	say((one('.wrong, #count', page.main) || one('h1', page.main) || page.main).textContent.trim());
}

/* A page of our own, where there is none of the server's. */
function broken(url) {
	const [heading, text] = navigator.onLine ?
		['The server does not answer', 'It may be restarting, or the network is down. Try again in a moment.'] :
		['You are offline', 'This will be tried again as soon as there is a connection.'];
	return {
		title: heading + ' - trawl',
		kind: 'error',
		main: make('main', { id: 'main', tabindex: -1 }, make('section', { class: 'error', 'data-status': 0 },
			make('h1', {}, heading), make('p', {}, text),
			make('p', {}, make('a', { class: 'retry', href: url }, 'Try again')))),
		q: url.searchParams.get('q') || '',
		index: url.searchParams.get('in') || ''
	};
}

async function fetchPage(url, signal) {
	let reply = await ask(url, signal);
	const refused = sessionStorage.getItem(TOKEN) && (reply.status === 401 || reply.status === 403);
	if (refused) {
		sessionStorage.removeItem(TOKEN);
		reply = await ask(url, signal);
	}
	const page = pageOf(new DOMParser().parseFromString(await reply.text(), 'text/html'));
	if (!page.main)
		throw new Error('not a page');
	if (refused)
		one('.token', page.main)?.append(make('p', { class: 'wrong' }, 'The server did not accept that token.'));
	return page;
}

function slow(on) {
	root.classList.toggle('slow', on);
	here.main.setAttribute('aria-busy', on);
	if (on)
		say('Still searching');
}

/* how: push, a new entry of the history; pop, one that is there; same. */
async function load(address, how) {
	const url = new URL(address, location.href);
	const abort = new AbortController();
	const late = setTimeout(slow, SLOW_MS, true);
	fetching?.abort();
	fetching = abort;
	let page;
	try {
		page = await fetchPage(withoutHash(url), abort.signal);
	} catch {
		page = broken(url);
	}
	clearTimeout(late);
	if (abort.signal.aborted)
		return;
	fetching = null;
	slow(false);
	root.classList.remove('quiet');
	if (how === 'push' && url.href !== location.href) {
		leave();
		page.entry = enter('pushState', url, withoutHash(shown));
	}
	page.entry ||= history.state?.id;
	show(page, url, how === 'pop' ? scrolls[page.entry] || 0 : undefined);
}

on(window, 'popstate', e => {
	fetching?.abort();
	slow(false);
	const moved = withoutHash(location.href) !== withoutHash(shown);
	const id = e.state?.id || enter('replaceState', location.href), seen = remembered.get(id);
	leave();
	shown = location.href;
	if (moved && seen) {
		seen.page.entry = id;
		return show(seen.page, shown, scrolls[id], seen.focus);
	}
	if (moved)
		return load(shown, 'pop');
	here.entry = id;
	if (e.state)
		scrollTo(0, scrolls[id] || 0);
});

on(window, 'pagehide', () => {
	scrolls[here.entry] = scrollY;
	sessionStorage.setItem(SCROLL, JSON.stringify(Object.fromEntries(
		Object.entries(scrolls).slice(-REMEMBERED_MAX))));
});

on(window, 'online', () => {
	if (one('.error[data-status="0"]', here.main))
		load(location.href, 'same');
});

/* Is the entry before this one that search, whatever its page and order? */
function cameFrom(search) {
	const from = history.state?.from && ours(history.state.from);
	return from && from.pathname === '/' && from.searchParams.get('q') === search.searchParams.get('q');
}

on(document, 'click', e => {
	const a = e.target.closest('a');
	if (!a || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey)
		return;
	const url = ours(a.getAttribute('href'));
	if (!url || (url.hash && withoutHash(url) === withoutHash(location.href) && !a.matches('.why')))
		return;
	e.preventDefault();
	if (a.matches('.why'))
		why(a);
	else if (a.rel === 'up' && cameFrom(url))
		history.back();
	else
		load(url, 'push');
});

on(document, 'submit', e => {
	const form = e.target, url = ours(form.getAttribute('action') || '/');
	if (form.matches('.token')) {
		e.preventDefault();
		sessionStorage.setItem(TOKEN, one('input', form).value.trim());
		load(location.href, 'same');
	} else if (url && form.method === 'get') {
		e.preventDefault();
		url.search = new URLSearchParams([...new FormData(form)].filter(pair => pair[1].trim()));
		load(url, 'push');
	}
});

on(document, 'change', e => {
	if (e.target.id === 'in' && (box.value || location.search))
		e.target.form.requestSubmit();
});

/* -------------------------------------------------------------- completion */

const list = make('ul', { id: 'suggest', class: 'suggest', role: 'listbox', 'aria-label': 'Suggestions', hidden: '' });
let options = [], active = -1, timer = 0, completing = null;

function closeList() {
	clearTimeout(timer);
	completing?.abort();
	list.hidden = true;
	options = [];
	select(-1);
	box?.setAttribute('aria-expanded', false);
}

function select(n) {
	active = n;
	[...list.children].forEach((li, i) => li.setAttribute('aria-selected', i === n));
	if (n < 0)
		box?.removeAttribute('aria-activedescendant');
	else
		box.setAttribute('aria-activedescendant', 'suggest-' + n);
	list.children[n]?.scrollIntoView({ block: 'nearest' });
}

/* What the box would hold: the last word completed, or a title as a phrase. */
function completion(text, row) {
	if (row.title) {
		const words = row.title.replace(/["“”„\\]/g, ' ').trim().split(/\s+/);
		return { value: '"' + words.slice(0, 30).join(' ') + '"', shown: [row.title], kind: 'title' };
	}
	const last = text.match(/[\p{L}\p{M}\p{N}'’]*$/u)[0], before = text.slice(0, text.length - last.length);
	const begins = row.word.toLowerCase().startsWith(last.toLowerCase());
	return {
		value: before + row.word,
		shown: begins ? [text, make('b', {}, row.word.slice(last.length))] : [before, make('b', {}, row.word)],
		n: row.documents
	};
}

function openList(text, rows) {
	options = rows.map(row => completion(text, row)).filter(o => o.value !== text);
	list.replaceChildren(...options.map((o, i) => make('li', { role: 'option', id: 'suggest-' + i },
		make('span', {}, ...o.shown),
		o.kind ? make('span', { class: 'kind' }, o.kind) : make('span', { class: 'n' },
			o.n.toLocaleString('en'), make('span', { class: 'sr' }, o.n === 1 ? ' document' : ' documents')))));
	select(-1);
	list.hidden = !options.length;
	box.setAttribute('aria-expanded', !list.hidden);
	if (options.length)
		say(options.length + (options.length === 1 ? ' suggestion' : ' suggestions'));
}

async function complete() {
	const text = box.value, query = new URLSearchParams({ q: text, limit: 8 });
	completing?.abort();
	if (!/\S$/.test(text) || box.selectionStart !== text.length)
		return closeList();
	const abort = completing = new AbortController();
	if (box.form.elements.in?.value)
		query.set('in', box.form.elements.in.value);
	try {
		const reply = await ask('/suggest?' + query, abort.signal);
		const rows = reply.ok ? (await reply.json()).results : [];
		if (!abort.signal.aborted && document.activeElement === box)
			openList(text, rows || []);
	} catch {
		if (!abort.signal.aborted)
			closeList();
	}
}

function take(n, submit) {
	box.value = options[n].value;
	closeList();
	if (submit)
		box.form.requestSubmit();
}

function boxKey(e) {
	const n = options.length;
	if (e.isComposing)
		return;
	if ((e.key === 'ArrowDown' || e.key === 'ArrowUp') && n) {
		select((active + (e.key === 'ArrowDown' ? 2 : n + 1)) % (n + 1) - 1);
	} else if (e.key === 'ArrowDown' && here.q !== box.value) {
		complete();
	} else if (e.key === 'ArrowDown') {
		moveTo(0);
	} else if ((e.key === 'Enter' || e.key === 'Tab') && active >= 0 && !e.shiftKey) {
		take(active, e.key === 'Enter');
	} else if (e.key === 'Escape' && n) {
		closeList();
	} else {
		return;
	}
	e.preventDefault();
}

if (box) {
	for (const [key, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list',
		'aria-expanded': false, 'aria-controls': list.id }))
		box.setAttribute(key, value);
	box.form.append(list);
	on(box, 'input', e => {
		clearTimeout(timer);
		if (!e.isComposing)
			timer = setTimeout(complete, COMPLETE_MS);
	});
	on(box, 'keydown', boxKey);
	on(box, 'blur', closeList);
	/* The box keeps the focus. */
	on(list, 'mousedown', e => e.preventDefault());
	on(list, 'click', e => {
		const n = [...list.children].indexOf(e.target.closest('li'));
		if (n >= 0)
			take(n, true);
	});
}

/* ---------------------------------------------------------------- timeline */

const day = text => new Date(text + 'T00:00Z').toLocaleDateString('en-GB',
	{ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

function timeline(svg) {
	const form = one('.range', svg.parentNode), title = one('h2', svg.parentNode);
	const bars = all('a', svg).map(a => {
		const hit = one('.hitbox', a), bar = one('rect.bar', a), x = +hit.getAttribute('x');
		return { a, bar, left: x, right: x + +hit.getAttribute('width') };
	});
	if (!form || bars.length < 2)
		return;
	const was = title.textContent, span = make('rect', { class: 'span', y: 0, height: 80 });
	let from = null, range = null;
	const at = e => (e.clientX - svg.getBoundingClientRect().left) *
		svg.viewBox.baseVal.width / svg.getBoundingClientRect().width;

	function mark(a, b) {
		const inside = bars.filter(bar => bar.right > Math.min(a, b) && bar.left < Math.max(a, b));
		range = inside.length ? [inside[0].bar.dataset.since, inside[inside.length - 1].bar.dataset.until] : null;
		bars.forEach(bar => bar.bar.classList.toggle('in', inside.includes(bar)));
		span.setAttribute('x', Math.min(a, b));
		span.setAttribute('width', Math.abs(a - b));
		title.textContent = range ? day(range[0]) + ' to ' + day(range[1]) : was;
	}
	function stop() {
		from = null;
		title.textContent = was;
		span.remove();
		svg.classList.remove('drag');
	}
	on(svg, 'dragstart', e => e.preventDefault());
	on(svg, 'pointerdown', e => {
		if (e.isPrimary && !e.button)
			from = { px: e.clientX, x: at(e) };
		range = null;
	});
	on(svg, 'pointermove', e => {
		if (!e.buttons)
			from = null;
		if (!from || (!svg.matches('.drag') && Math.abs(e.clientX - from.px) < DRAG_PX))
			return;
		if (!svg.matches('.drag')) {
			svg.setPointerCapture(e.pointerId);
			svg.classList.add('drag');
			svg.prepend(span);
		}
		mark(from.x, at(e));
	});
	on(svg, 'pointerup', () => {
		const set = svg.matches('.drag') && range;
		stop();
		if (!set)
			return;
		[form.elements.since.value, form.elements.until.value] = set;
		form.requestSubmit();
	});
	on(svg, 'pointercancel', stop);
	on(svg, 'lostpointercapture', stop);
	/* The end of a drag is no click on a bar. */
	on(svg, 'click', e => range && e.preventDefault(), true);
	/* One stop for Tab; arrows go from bar to bar. */
	bars.forEach((bar, i) => bar.a.setAttribute('tabindex', i ? -1 : 0));
	on(svg, 'keydown', e => {
		const i = bars.findIndex(bar => bar.a === e.target.closest('a'));
		const to = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: bars.length - 1 }[e.key];
		range = null;
		if (i < 0 || !bars[to])
			return;
		e.preventDefault();
		bars[i].a.setAttribute('tabindex', -1);
		bars[to].a.setAttribute('tabindex', 0);
		bars[to].a.focus();
	});
	svg.classList.add('ready');
}

/* --------------------------------------------------------------- one by one */

/* Why a hit ranks where it does: the table that explain=1 writes. */
function explained(hit) {
	const like = hit.neighbours ? [{ word: '(documents like it)', score: hit.neighbours }] : [];
	const told = hit.explain.filter(part => !part.with || 200 * part.score >= hit.score);
	const width = score => Math.round(BAR_PX * score / (hit.explain[0].score || 1));
	const bar = (x, end, more) => make('rect', { ...more, x, width: end - x, height: 8 });
	const row = part => make('tr', {}, make('th', { scope: 'row' }, part.word, part.with ? ' near ' + part.with : ''),
		make('td', {}, (part.found || '').replaceAll(',', ', ')), make('td', {}, part.count || ''),
		make('td', {}, part.first ?? ''), make('td', {},
			make('svg', { class: 'bar', width: BAR_PX, height: 8, 'aria-hidden': true },
				bar(0, width(part.score - (part.lead || 0))),
				bar(width(part.score - (part.lead || 0)), width(part.score), { class: 'lead' })),
			' ' + part.score.toFixed(3)));
	const heads = ['Word', 'Found as', 'Times', 'First at word', 'Share'].map(text => make('th', { scope: 'col' }, text));
	return make('table', { class: 'explain' }, make('caption', {}, 'Score ' + hit.score.toFixed(3)),
		make('thead', {}, make('tr', {}, ...heads)), make('tbody', {}, ...[...told, ...like].map(row)));
}

async function why(a) {
	const hit = a.closest('.hit'), there = one('.explain', hit);
	a.setAttribute('aria-expanded', !there);
	if (there)
		return there.remove();
	const asked = new URL(location.href).searchParams, query = new URLSearchParams({ id: a.dataset.id, snippets: 0 });
	for (const key of ['q', 'in', 'match', 'ranking'])
		if (asked.get(key))
			query.set(key, asked.get(key));
	if (one('.index', hit))
		query.set('in', one('.index', hit).textContent);
	let answer;
	try {
		const reply = await ask('/explain?' + query);
		const found = (await reply.json()).results?.[0];
		answer = found?.explain?.length ? explained(found) :
			make('p', { class: 'note explain' }, 'No word of the query weighs here: it only narrows.');
	} catch {
		answer = make('p', { class: 'note explain' }, 'The server did not say. Try again in a moment.');
	}
	if (!one('.explain', hit) && a.getAttribute('aria-expanded') === 'true') {
		hit.append(answer);
		say(answer.textContent.length > 80 ? 'Explained below' : answer.textContent);
	}
}

/* From match to match of a document. */
function matches(page, nav, marks) {
	const n = one('.n', nav);
	let now = marks.findIndex(mark => '#' + mark.id === location.hash);
	const button = (text, step) => {
		const node = make('button', { type: 'button' }, text);
		on(node, 'click', () => go(step));
		return node;
	};
	function go(step) {
		marks[now]?.classList.remove('now');
		now = now < 0 && step < 0 ? marks.length - 1 : (now + step + marks.length) % marks.length;
		marks[now].classList.add('now');
		marks[now].scrollIntoView({ block: 'center' });
		n.textContent = `Match ${now + 1} of ${marks.length}`;
		say(n.textContent);
		history.replaceState(history.state, '', '#' + marks[now].id);
		shown = location.href;
	}
	if (!n || !marks.length)
		return;
	one('a', nav)?.remove();
	nav.append(button('Previous', -1), button('Next', 1));
	nav.classList.add('ready');
	if (now >= 0) {
		marks[now].classList.add('now');
		n.textContent = `Match ${now + 1} of ${marks.length}`;
	}
	page.step = go;
}

/* What a page that was just put there gains; once. */
function dress(page) {
	if (page.dressed)
		return;
	page.dressed = true;
	all('a.why', page.main).forEach(a => a.setAttribute('aria-expanded', false));
	if (one('#timeline', page.main))
		timeline(one('#timeline', page.main));
	if (one('.matches', page.main))
		matches(page, one('.matches', page.main), all('.text b', page.main));
}

/* ---------------------------------------------------------------- keyboard */

function moveTo(n) {
	const hits = all('.hit h2 a');
	if (n < 0 && box)
		return box.focus();
	hits[n]?.focus({ preventScroll: true });
	hits[n]?.closest('.hit').scrollIntoView({ block: 'nearest' });
}

function move(step) {
	const hit = document.activeElement.closest('.hit');
	const n = hit ? all('.hit').indexOf(hit) : -1;
	if (n >= 0 || step > 0)
		moveTo(n + step);
}

function escape() {
	const help = one('.help[open]'), up = one('a[rel=up]', here.main);
	if (help) {
		help.removeAttribute('open');
		one('summary', help).focus();
	} else if (up) {
		up.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
	} else if (document.activeElement.closest('.hit')) {
		box?.focus();
	}
}

on(document, 'keydown', e => {
	const at = document.activeElement, arrows = at === here.main || at.closest('.hit');
	if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.isComposing)
		return;
	if (e.key === 'Escape' && at !== box)
		return escape();
	if (at.matches('input, select, textarea'))
		return;
	if (e.key === '/' && box)
		box.select();
	else if (e.key === '?' && one('.help'))
		one('.help').open = !one('.help').open;
	else if (one('.hits') && (e.key === 'j' || (arrows && e.key === 'ArrowDown')))
		move(1);
	else if (one('.hits') && (e.key === 'k' || (arrows && e.key === 'ArrowUp')))
		move(-1);
	else if (here.step && (e.key === 'n' || e.key === 'p'))
		here.step(e.key === 'n' ? 1 : -1);
	else
		return;
	e.preventDefault();
});

on(document, 'click', e => {
	if (!e.target.closest('.help'))
		one('.help')?.removeAttribute('open');
});

/* ------------------------------------------------------------------- start */

history.scrollRestoration = 'manual';
dress(here);
if (scrolls[here.entry])
	scrollTo(0, scrolls[here.entry]);
if (one('.token', here.main) && sessionStorage.getItem(TOKEN)) {
	root.classList.add('quiet');
	load(location.href, 'same');
}
})();
