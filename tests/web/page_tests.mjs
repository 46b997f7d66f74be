/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page_tests.mjs - the search page over the sample corpus, as people use it */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test, accessible, DESKTOP, PHONE } from './browser.mjs';

const MANY = 'flood harwick estmere', STRIKE = 'rail strike';
const number = text => Number(text.replaceAll(',', '').match(/\d+/)[0]);
const count = async page => {
	const text = await page.locator('#count').textContent();
	return /^No /.test(text) ? 0 : number(text.match(/[\d,]+ documents?/)[0]);
};
const ids = page => page.locator('.hit h2 a').evaluateAll(links => links.map(a => a.getAttribute('href').split('?')[0]));
const q = page => new URL(page.url()).searchParams.get('q');
const focused = page => page.evaluate(() => document.activeElement.closest('[id]')?.id);
const loaded = (page, path = '/') => page.waitForURL(url => url.pathname.startsWith(path));
const widthOf = page => page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);

/* Until fn is true in the page: but for one test, nothing waits for a time. */
const until = (page, fn, argument) => page.waitForFunction(fn, argument);
const swapped = async (page, act) => {
	const before = await page.locator('#main').elementHandle();
	await act();
	await until(page, node => !node.isConnected, before);
};

const frames = page => page.evaluate(() => new Promise(resolve =>
	requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))));

/* Suggestions for the whole of the text, and not for what it begins with. */
async function suggested(page, text, type) {
	const whole = page.waitForResponse(reply => reply.url().includes('/suggest?') &&
		new URL(reply.url()).searchParams.get('q') === text);
	await type();
	await (await whole).finished();
	await page.waitForSelector('#suggest li');
	await frames(page);
}

async function searchFor(page, url, text) {
	await page.goto(url);
	await page.fill('#q', text);
	await swapped(page, () => page.press('#q', 'Enter'));
	await page.waitForSelector('.hit');
}

export function pageTests(at) {
	const view = async (page, text = STRIKE) => {
		await page.goto(`${at.news}/?q=${encodeURIComponent(text)}`);
		await page.locator('.hit h2 a').first().click();
		await page.waitForSelector('.doc');
	};

	/* ------------------------------------------------ searching, and back */

	test('the first page says what is here', {}, async page => {
		const reply = await page.goto(at.news);
		assert.equal(reply.headers()['content-security-policy'], "default-src 'none'; script-src 'self'; style-src 'self'; " +
			"img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'");
		assert.match(await page.locator('h1').textContent(), /58/);
		const examples = await page.locator('.examples a').evaluateAll(links => links.map(a => a.href));
		assert.ok(examples.length >= 3);
		for (const each of examples) {
			assert.equal((await page.goto(each)).status(), 200, each);
			assert.ok(await count(page) >= 0);
		}
	});
	test('a search typed and entered', {}, async page => {
		await searchFor(page, at.news, STRIKE);
		assert.equal(q(page), STRIKE);
		assert.match(await page.title(), /^rail strike/);
		assert.equal(await focused(page), 'main');
		assert.ok(await page.locator('.snippet b').count() > 3);
		const said = await page.locator('#count').textContent();
		await until(page, text => [...document.querySelectorAll('[role=status]')].some(
			node => !node.closest('main') && node.textContent === text.trim()), said);
	});
	test('the order, by date and back', {}, async page => {
		const dates = () => page.locator('.hit time').evaluateAll(times => times.map(time => time.dateTime));
		await searchFor(page, at.news, STRIKE);
		const best = await ids(page);
		await swapped(page, () => page.click('.sort >> text=Newest'));
		assert.deepEqual(await dates(), (await dates()).sort().reverse());
		assert.equal(await page.locator('.sort [aria-current]').textContent(), 'Newest');
		await swapped(page, () => page.click('.sort >> text=Relevance'));
		assert.deepEqual(await ids(page), best);
	});
	test('pages, back, forward and reload', {}, async page => {
		await searchFor(page, at.news, MANY);
		const first = await ids(page), total = await count(page);
		assert.ok(total > 10 && first.length === 10);
		await swapped(page, () => page.click('.pages [rel=next]'));
		const second = await ids(page);
		assert.equal(second.filter(id => first.includes(id)).length, 0);
		assert.equal(await page.locator('.hits').getAttribute('start'), '11');
		assert.equal(await page.evaluate(() => scrollY), 0);
		await swapped(page, () => page.goBack());
		assert.deepEqual(await ids(page), first);
		assert.equal(await page.inputValue('#q'), MANY);
		await swapped(page, () => page.goForward());
		assert.deepEqual(await ids(page), second);
		await page.reload();
		assert.deepEqual(await ids(page), second);
		await swapped(page, () => page.goBack());
		assert.deepEqual(await ids(page), first);
	});
	test('back from a document: where one was, on what one had opened', {}, async page => {
		await searchFor(page, at.news, MANY);
		await swapped(page, () => page.click('.sort >> text=Newest'));
		const link = page.locator('.hit h2 a').nth(7);
		await link.hover();
		const y = await page.evaluate(() => scrollY), href = await link.getAttribute('href');
		await swapped(page, () => link.click());
		assert.equal(await page.evaluate(() => scrollY), 0);
		await swapped(page, () => page.click('.back a'));
		assert.equal(await page.evaluate(() => scrollY), y);
		assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), href);
		assert.match(page.url(), /sort=-date/);
	});
	test('a link is opened elsewhere when one asks for it', {}, async page => {
		await searchFor(page, at.news, STRIKE);
		const opened = page.context().waitForEvent('page');
		await page.locator('.hit h2 a').first().click({ modifiers: ['Control'] });
		await (await opened).waitForSelector('.doc');
		assert.equal(await page.locator('.hit').count() > 0, true);
	});
	test('did you mean, and what it leads to', {}, async page => {
		await page.goto(`${at.news}/?q=goverment`);
		await swapped(page, () => page.click('.note-corrected a'));
		assert.match(q(page), /government/);
		assert.ok(await page.locator('.hit').count() > 0);
	});
	test('notes: what was left out of a query', {}, async page => {
		await page.goto(`${at.news}/?q=the+rail+strike`);
		assert.match(await page.locator('.note-ignored').textContent(), /the/);
	});
	test('more like this', {}, async page => {
		await searchFor(page, at.news, STRIKE);
		const [id] = await ids(page);
		await swapped(page, () => page.locator('.hit .similar').first().click());
		assert.ok(await page.locator('.hit').count() > 0);
		assert.ok(!(await ids(page)).includes(id));
	});
	test('the feed of a search', {}, async page => {
		await searchFor(page, at.news, STRIKE);
		const head = await page.locator('head link[rel=alternate]').getAttribute('href');
		const reply = await page.request.get(at.news + head);
		assert.equal(reply.status(), 200);
		assert.match(reply.headers()['content-type'], /atom/);
		assert.equal(await page.locator('.feed a[href*=atom]').count(), 1);
	});

	/* ---------------------------------------------------------- completion */

	test('completion as one types', {}, async page => {
		const asked = [];
		page.on('request', request => request.url().includes('/suggest') && asked.push(request.url()));
		await page.goto(at.news);
		await page.click('#q');
		await suggested(page, 'rail st', () => page.keyboard.type('rail st', { delay: 5 }));
		assert.ok(asked.length <= 3, `${asked.length} requests for 7 letters`);
		assert.equal(await page.getAttribute('#q', 'aria-expanded'), 'true');
		assert.equal(await page.getAttribute('#q', 'aria-activedescendant'), null);
		await page.keyboard.press('ArrowDown');
		assert.equal(await page.getAttribute('#q', 'aria-activedescendant'), 'suggest-0');
		assert.equal(await page.getAttribute('#suggest-0', 'aria-selected'), 'true');
		assert.equal(await page.inputValue('#q'), 'rail st');
		const words = await page.locator('#suggest-0 span').first().textContent();
		assert.match(words, /^rail st\w+$/);
		await swapped(page, () => page.keyboard.press('Enter'));
		assert.equal(q(page), words);
		assert.equal(await page.locator('#suggest').isVisible(), false);
	});
	test('completion: arrows go round, Tab takes, Escape closes', {}, async page => {
		await page.goto(at.news);
		await page.click('#q');
		await suggested(page, 'rail st', () => page.keyboard.type('rail st'));
		const n = await page.locator('#suggest li').count();
		await page.keyboard.press('ArrowUp');
		assert.equal(await page.getAttribute('#q', 'aria-activedescendant'), 'suggest-' + (n - 1));
		await page.keyboard.press('ArrowDown');
		assert.equal(await page.getAttribute('#q', 'aria-activedescendant'), null);
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Tab');
		assert.match(await page.inputValue('#q'), /^rail st\w+$/);
		assert.equal(await focused(page), 'q');
		const shorter = (await page.inputValue('#q')).slice(0, -1);
		await suggested(page, shorter, () => page.keyboard.press('Backspace'));
		await page.keyboard.press('Escape');
		assert.equal(await page.locator('#suggest').isVisible(), false);
		assert.match(await page.inputValue('#q'), /^rail st\w/);
	});
	test('completion: a title is searched as a phrase', {}, async page => {
		await page.goto(at.news);
		await page.click('#q');
		await suggested(page, 'rail strike ends', () => page.keyboard.type('rail strike ends'));
		await swapped(page, () => page.locator('#suggest li:has(.kind)').first().click());
		assert.match(q(page), /^"rail strike ends.*"$/i);
		assert.equal(await count(page), 1);
	});
	test('completion: a late answer does not replace a newer one', {}, async page => {
		let release;
		const held = new Promise(resolve => { release = resolve; });
		await page.route('**/suggest?*', async route => {
			if (new URL(route.request().url()).searchParams.get('q') === 'flo')
				await held;
			await route.continue().catch(() => {});
		});
		await page.goto(at.news);
		const first = page.waitForRequest(/suggest\?q=flo&/);
		const aborted = [page.waitForEvent('requestfailed', request => /q=flo&/.test(request.url()))];
		await page.fill('#q', 'flo');
		await first;
		await page.fill('#q', 'harw');
		await page.waitForSelector('#suggest li');
		const ended = ['requestfinished', 'requestfailed'].map(event =>
			page.waitForEvent(event, request => /q=flo&/.test(request.url())));
		release();
		await Promise.any([...ended, ...aborted]);
		await frames(page);
		assert.match(await page.locator('#suggest li').first().textContent(), /^harw/);
	});

	/* -------------------------------------------------- facets and timeline */

	test('a facet narrows, its filter goes away again', {}, async page => {
		await searchFor(page, at.news, MANY);
		const all = await count(page), link = page.locator('.facet a').first();
		const value = await link.locator('.value').textContent(), n = number(await link.locator('.n').textContent());
		await swapped(page, () => link.click());
		assert.equal(await count(page), n);
		assert.match(q(page), /source:/);
		assert.deepEqual([...new Set(await page.locator('.hit .source').allTextContents())], [value]);
		await page.goBack();
		await until(page, text => document.getElementById('q').value === text, MANY);
		assert.equal(await count(page), all);
	});
	test('a bar of the timeline is a month', {}, async page => {
		await searchFor(page, at.news, MANY);
		const bar = page.locator('#timeline a').first();
		const n = number((await bar.getAttribute('aria-label')).replace(/^.*:/, ''));
		await swapped(page, () => bar.click());
		assert.equal(await count(page), n);
		const asked = new URL(page.url()).searchParams;
		assert.ok(asked.get('since') <= asked.get('until'));
		assert.ok(await page.locator('.filter').count() > 0);
		await swapped(page, () => page.locator('.filter').first().click());
	});
	const bars = page => page.locator('#timeline a').evaluateAll(links => links.map(a => ({
		n: Number(a.getAttribute('aria-label').replace(/^.*: */, '').match(/\d+/)[0]),
		...a.querySelector('rect.bar').dataset })));
	/* Of what the URL asks for, the bars are the documents. */
	const asDragged = async (page, before) => {
		const asked = new URL(page.url()).searchParams;
		const inside = before.filter(bar => bar.since >= asked.get('since') && bar.until <= asked.get('until'));
		assert.ok(inside.length > 1 && inside.length < before.length, `${inside.length} of ${before.length} bars`);
		assert.equal(await count(page), inside.reduce((sum, bar) => sum + bar.n, 0));
	};
	test('a range is dragged on the timeline', {}, async page => {
		await searchFor(page, at.news, MANY);
		const before = await bars(page), box = await page.locator('#timeline').boundingBox();
		const y = box.y + box.height / 3;
		await page.mouse.move(box.x + box.width * .3, y);
		await page.mouse.down();
		await page.mouse.move(box.x + box.width * .5, y);
		await page.mouse.move(box.x + box.width * .95, y);
		assert.match(await page.locator('#timeline-title').textContent(), /\d{4} to \d+ \w+ \d{4}/);
		await swapped(page, () => page.mouse.up());
		await asDragged(page, before);
	});
	test('a range is dragged with a finger', PHONE, async page => {
		await searchFor(page, at.news, MANY);
		await page.click('.fold summary');
		await page.locator('#timeline').scrollIntoViewIfNeeded();
		const before = await bars(page), box = await page.locator('#timeline').boundingBox();
		const cdp = await page.context().newCDPSession(page);
		const touch = (type, part) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: part === undefined ? [] :
			[{ x: box.x + box.width * part, y: box.y + box.height / 3 }] });
		await touch('touchStart', .3);
		await touch('touchMove', .5);
		await touch('touchMove', .95);
		await swapped(page, () => touch('touchEnd'));
		await asDragged(page, before);
	});
	test('a range is typed', {}, async page => {
		await searchFor(page, at.news, MANY);
		const all = await count(page);
		await page.fill('.range [name=since]', '2032-01-01');
		await swapped(page, () => page.press('.range button', 'Enter'));
		assert.equal(new URL(page.url()).searchParams.get('since'), '2032-01-01');
		assert.ok(await count(page) < all);
		for (const time of await page.locator('.hit time').evaluateAll(times => times.map(t => t.dateTime)))
			assert.ok(time >= '2032-01-01');
	});
	test('arrows go along the timeline', {}, async page => {
		await searchFor(page, at.news, MANY);
		assert.equal(await page.locator('#timeline a[tabindex="0"]').count(), 1);
		await page.locator('#timeline a').first().focus();
		await page.keyboard.press('ArrowRight');
		assert.equal(await page.evaluate(() => [...document.querySelectorAll('#timeline a')].indexOf(document.activeElement)), 1);
		await swapped(page, () => page.keyboard.press('Enter'));
		assert.ok(new URL(page.url()).searchParams.has('since'));
	});

	/* ------------------------------------------------------------ documents */

	test('a document: its matches, one after another', {}, async page => {
		await view(page);
		const n = await page.locator('.text b').count(), place = page.locator('.matches .n');
		assert.ok(n > 2);
		assert.match(await place.textContent(), new RegExp(`^${n} matches`));
		await page.keyboard.press('n');
		assert.equal(await place.textContent(), `Match 1 of ${n}`);
		await page.click('.matches >> text=Next');
		assert.equal(await place.textContent(), `Match 2 of ${n}`);
		assert.equal(await page.locator('b.now').count(), 1);
		assert.equal(new URL(page.url()).hash, '#m2');
		await page.keyboard.press('p');
		await page.click('.matches >> text=Previous');
		assert.equal(await place.textContent(), `Match ${n} of ${n}`);
		const [top, mark] = await page.evaluate(() => [document.querySelector('.matches').getBoundingClientRect(),
			document.querySelector('b.now').getBoundingClientRect()].map(box => box.top));
		assert.ok(mark > 0 && mark < 800 && top >= 0, `at ${mark}, below the bar at ${top}`);
		await page.reload();
		assert.equal(await place.textContent(), `Match ${n} of ${n}`);
	});
	test('a document: the bar of matches stays', { viewport: { width: 700, height: 300 } }, async page => {
		await view(page);
		await page.evaluate(() => scrollTo(0, 500));
		await until(page, () => document.querySelector('.matches').getBoundingClientRect().top === 0);
	});
	test('a document: as plain text, and elsewhere', {}, async page => {
		await view(page);
		const id = new URL(page.url()).pathname.replace('/view/', '');
		const reply = await page.request.get(`${at.news}/doc/${id}`);
		assert.match(reply.headers()['content-type'], /^text\/plain/);
		assert.equal(reply.headers()['x-content-type-options'], 'nosniff');
		for (const href of await page.locator('.doc .more a').evaluateAll(links => links.map(a => a.href)))
			assert.equal((await page.request.get(href)).status(), 200, href);
	});
	test('why here, on demand', {}, async page => {
		const asked = [];
		page.on('request', request => request.url().includes('/explain') && asked.push(request.url()));
		await searchFor(page, at.news, STRIKE);
		assert.equal(asked.length, 0);
		const hit = page.locator('.hit').nth(1), link = hit.locator('.why'), table = hit.locator('table.explain');
		await link.click();
		await table.waitFor();
		const score = Number((await table.locator('caption').textContent()).match(/[\d.]+/)[0]);
		const shares = await table.locator('td:last-child').allTextContents();
		assert.ok(Math.abs(shares.map(Number).reduce((a, b) => a + b) - score) < .01, `${shares} of ${score}`);
		assert.equal(await link.getAttribute('aria-expanded'), 'true');
		assert.equal(asked.length, 1);
		const mine = await table.innerText();
		await link.click();
		assert.equal(await table.count(), 0);
		/* The server writes the same. */
		await page.goto(new URL(await link.getAttribute('href'), page.url()).href);
		assert.equal(await table.innerText(), mine);
	});

	/* ------------------------------------- empty, wrong, slow, offline, token */

	test('nothing found', {}, async page => {
		await page.goto(`${at.news}/?q=xyzzyqwert`);
		assert.ok(await page.locator('.empty li').count() > 0);
		assert.equal(await page.locator('.hit, .pages').count(), 0);
	});
	test('a document that there is not', { expects: /404/ }, async page => {
		const reply = await page.goto(`${at.news}/view/no-such-document`);
		assert.equal(reply.status(), 404);
		assert.equal(await page.locator('section.error h1').count(), 1);
		assert.equal(await page.locator('.retry').count(), 0);
	});
	test('offline, and on line again', { expects: /ERR_INTERNET_DISCONNECTED/ }, async page => {
		await searchFor(page, at.news, STRIKE);
		await page.context().setOffline(true);
		await swapped(page, () => page.locator('.hit h2 a').first().click());
		assert.match(await page.locator('section.error h1').textContent(), /offline/);
		assert.match(await page.title(), /offline/);
		await swapped(page, () => page.context().setOffline(false));
		await page.waitForSelector('.doc');
		await swapped(page, () => page.goBack());
		assert.ok(await page.locator('.hit').count() > 0);
	});
	test('no answer, and trying again', { expects: /ERR_CONNECTION/ }, async page => {
		await searchFor(page, at.news, STRIKE);
		await page.route('**/view/**', route => route.abort('connectionrefused'));
		await swapped(page, () => page.locator('.hit h2 a').first().click());
		assert.match(await page.locator('section.error h1').textContent(), /not answer/);
		await page.unrouteAll();
		await swapped(page, () => page.click('.retry'));
		await page.waitForSelector('.doc');
	});
	test('a slow answer is said to be slow, a quick one is not', {}, async page => {
		await searchFor(page, at.news, STRIKE);
		assert.equal(await page.locator('html.slow').count(), 0);
		let release;
		const held = new Promise(resolve => { release = resolve; });
		await page.route('**/view/**', async route => {
			await held;
			await route.continue();
		});
		await page.locator('.hit h2 a').first().click();
		await page.waitForSelector('html.slow');
		assert.equal(await page.getAttribute('#main', 'aria-busy'), 'true');
		/* Half a second after a click nothing may move any more. */
		await until(page, clicked => performance.now() > clicked + 600, await page.evaluate(() => performance.now()));
		release();
		await page.waitForSelector('.doc');
		assert.equal(await page.locator('html.slow, [aria-busy=true]').count(), 0);
	});
	test('a newer search replaces one that is under way', {}, async page => {
		await page.goto(at.news);
		await page.route('**/?q=flood*', () => {});
		await page.fill('#q', 'flood');
		await page.press('#q', 'Enter');
		await page.fill('#q', STRIKE);
		await swapped(page, () => page.press('#q', 'Enter'));
		assert.equal(q(page), STRIKE);
		await page.unrouteAll();
	});
	test('a token is asked for once', { expects: /401|403/ }, async page => {
		await page.goto(`${at.token}/?q=${encodeURIComponent(STRIKE)}`);
		await page.fill('#token', 'wrong-horse');
		await swapped(page, () => page.press('#token', 'Enter'));
		await page.waitForSelector('.wrong');
		await page.fill('#token', at.secret);
		await swapped(page, () => page.press('#token', 'Enter'));
		await page.waitForSelector('.hit');
		await swapped(page, () => page.locator('.hit h2 a').first().click());
		await page.waitForSelector('.doc');
		await page.reload();
		await page.waitForSelector('.doc');
		await page.fill('#q', 'rail st');
		await page.waitForSelector('#suggest li');
		assert.equal(await page.evaluate(() => document.cookie + localStorage.length), '0');
	});
	test('several indexes: one is chosen', {}, async page => {
		await searchFor(page, at.two, STRIKE);
		const both = await count(page), names = await page.locator('#in option').allTextContents();
		assert.equal(names.length, 3);
		await swapped(page, () => page.selectOption('#in', { index: 1 }));
		assert.ok(await count(page) < both);
		assert.equal(new URL(page.url()).searchParams.get('in'), await page.inputValue('#in'));
		await swapped(page, () => page.goBack());
		assert.equal(await page.inputValue('#in'), '');
		assert.equal(await count(page), both);
	});

	/* ---------------------------------------- keyboard, phone, no JavaScript */

	test('with the keyboard alone', {}, async page => {
		await page.goto(at.news);
		await page.keyboard.press('/');
		assert.equal(await focused(page), 'q');
		await page.keyboard.type(MANY);
		await swapped(page, () => page.keyboard.press('Enter'));
		await page.keyboard.press('ArrowDown');
		assert.equal(await focused(page), 'hit-1');
		await page.keyboard.press('j');
		await page.keyboard.press('j');
		await page.keyboard.press('k');
		assert.equal(await focused(page), 'hit-2');
		await swapped(page, () => page.keyboard.press('Enter'));
		await page.waitForSelector('.doc');
		await page.keyboard.press('n');
		assert.match(await page.locator('.matches .n').textContent(), /^Match 1 /);
		await swapped(page, () => page.keyboard.press('Escape'));
		assert.equal(await focused(page), 'hit-2');
		await page.keyboard.press('k');
		await page.keyboard.press('k');
		assert.equal(await focused(page), 'q');
		await page.keyboard.press('Tab');
		await page.keyboard.press('?');
		assert.equal(await page.locator('.help .card').isVisible(), true);
		await page.keyboard.press('Escape');
		assert.equal(await page.locator('.help .card').isVisible(), false);
	});
	test('the first stop of Tab leads to the results', {}, async page => {
		await page.goto(`${at.news}/?q=${encodeURIComponent(STRIKE)}`);
		await page.keyboard.press('Tab');
		assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
		await page.keyboard.press('Enter');
		assert.equal(await focused(page), 'main');
	});
	test('on a phone: all of it fits, and fits a thumb', PHONE, async page => {
		for (const path of ['/', `/?q=${encodeURIComponent(MANY)}&explain=1`, '/?q=xyzzyqwert']) {
			await page.goto(at.news + path);
			const [wide, inner] = await widthOf(page);
			assert.ok(wide <= inner, `${path}: ${wide} of ${inner} pixels`);
			const small = await page.evaluate(() => [...document.querySelectorAll('header *, main *')].filter(node =>
				node.matches('.search input, button, select, summary, .more a, .sort a, .facet a, .pages a, .filter') &&
				node.checkVisibility() && node.getBoundingClientRect().height < 43.9).map(node => node.outerHTML.slice(0, 80)));
			assert.deepEqual(small, [], path);
		}
		await view(page);
		const [wide, inner] = await widthOf(page);
		assert.ok(wide <= inner, `a document: ${wide} of ${inner} pixels`);
	});
	test('on a phone: facets and timeline are folded away', PHONE, async page => {
		await page.goto(`${at.news}/?q=${encodeURIComponent(MANY)}`);
		const facet = page.locator('.facet a').first(), y = async () => (await page.locator('.hit').first().boundingBox()).y;
		assert.equal(await facet.isVisible(), false);
		assert.ok(await y() < 400, 'the first hit is on the first screen');
		await page.click('.fold summary');
		assert.equal(await facet.isVisible(), true);
	});
	test('on a desktop: facets and timeline are beside the results', {}, async page => {
		await page.goto(`${at.news}/?q=${encodeURIComponent(MANY)}`);
		const [hits, side] = await Promise.all(['.hits', '.side .timeline'].map(part => page.locator(part).boundingBox()));
		assert.ok(side.x > hits.x + hits.width, 'to the right');
		assert.ok(Math.abs(side.y - hits.y) < 40, 'from the top');
		await page.locator('.facet a').first().focus();
		assert.equal(await page.evaluate(() => document.activeElement.closest('.facet') !== null), true);
	});
	test('without JavaScript', { javaScriptEnabled: false }, async page => {
		await page.goto(at.news);
		await page.fill('#q', MANY);
		await page.press('#q', 'Enter');
		await page.waitForSelector('.hit');
		await page.click('.pages [rel=next]');
		await page.waitForURL(/offset=10/);
		assert.ok(await page.locator('.hit').count() > 0);
		await page.locator('.facet a').first().click();
		await page.waitForURL(/source/);
		await page.locator('.hit .why').first().click();
		await page.waitForURL(/explain=1/);
		assert.ok(await page.locator('table.explain').count() > 0);
		await page.fill('.range [name=since]', '2031-01-01');
		await page.click('.range button');
		await page.waitForURL(/since=2031-01-01/);
		await page.locator('.hit h2 a').first().click();
		await page.waitForURL(/\/view\//);
		await page.click('.matches a');
		await page.waitForURL(/#m1$/);
		await page.click('.back a');
		await loaded(page);
		assert.ok(await page.locator('.hit').count() > 0);
	});

	/* ----------------------------------------------- how heavy, how accessible */

	/* A browser draws what has come: before the side, and in the midst of the help. */
	for (const [name, options, late] of [['a phone', PHONE, '<aside'], ['a desktop', DESKTOP, '<aside'],
		['a phone, from the help on', PHONE, '<summary'], ['a desktop, from the help on', DESKTOP, '<summary']])
		test('nothing moves when the end of a page is late, on ' + name, options, async page => {
			const html = await (await fetch(`${at.news}/?q=${encodeURIComponent(MANY)}`)).text();
			const cut = html.indexOf(late);
			assert.ok(cut > 0);
			let release;
			const held = new Promise(resolve => { release = resolve; });
			const server = createServer(async (request, response) => {
				if (request.url === '/') {
					response.setHeader('Content-Type', 'text/html; charset=utf-8');
					response.write(html.slice(0, cut));
					await held;
					return response.end(html.slice(cut));
				}
				const reply = await fetch(at.news + request.url);
				response.setHeader('Content-Type', reply.headers.get('content-type'));
				response.end(Buffer.from(await reply.arrayBuffer()));
			});
			await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
			try {
				await page.goto(`http://127.0.0.1:${server.address().port}/`, { waitUntil: 'commit' });
				await until(page, () => performance.getEntriesByName('first-contentful-paint').length);
				assert.equal(await page.locator('.side').count(), 0);
				release();
				await page.waitForLoadState('load');
				await page.waitForSelector('.side', { state: 'attached' });
				await frames(page);
			} finally {
				release();
				server.close();
			}
		});

	/* What it is made of; an answer's hits, facets and bars come to it. */
	for (const [what, path, most] of [['empty', '/', 60000], ['with an answer', `/?q=${encodeURIComponent(MANY)}`, 70000]])
		test(`under ${most / 1000} kB ${what}, and nothing from elsewhere`, {}, async page => {
			let bytes = 0;
			const took = [];
			page.on('response', reply => took.push(reply.body().then(body => { bytes += body.length; })));
			await page.goto(`${at.news}${path}`, { waitUntil: 'networkidle' });
			await Promise.all(took);
			assert.ok(took.length >= 3);
			assert.ok(bytes < most, `${bytes} bytes`);
		});

	for (const [name, options] of Object.entries({
		'on a desktop, light': DESKTOP, 'on a desktop, dark': { ...DESKTOP, colorScheme: 'dark' },
		'on a phone, light': PHONE, 'on a phone, dark': { ...PHONE, colorScheme: 'dark' },
		'with more contrast': { ...DESKTOP, contrast: 'more' }, 'in forced colours': { ...DESKTOP, forcedColors: 'active' }
	}))
		test('axe finds nothing ' + name, { ...options, expects: /404|401/ }, async page => {
			await page.goto(at.two);
			await accessible(page, 'the first page');
			await page.click('.help summary');
			await accessible(page, 'help');
			await page.keyboard.press('Escape');
			await page.click('#q');
			await suggested(page, 'rail st', () => page.keyboard.type('rail st'));
			await page.keyboard.press('ArrowDown');
			await accessible(page, 'suggestions');
			await page.goto(`${at.news}/?q=${encodeURIComponent('the ' + MANY)}&explain=1&since=2031-01-01`);
			if (options.isMobile)
				await page.click('.fold summary');
			await accessible(page, 'results');
			await page.goto(`${at.news}/?q=goverment`);
			await accessible(page, 'did you mean');
			await page.goto(`${at.news}/?q=xyzzyqwert`);
			await accessible(page, 'nothing found');
			await page.goto(`${at.news}/view/no-such-document`);
			await accessible(page, 'an error');
			await page.goto(at.token);
			await accessible(page, 'a token');
			await view(page);
			await page.keyboard.press('n');
			await accessible(page, 'a document');
		});
}
