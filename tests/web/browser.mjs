/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * browser.mjs - a browser to test with, and what is watched in every test
 *
 * test(NAME, OPTIONS, BODY): BODY gets a page of a context of its own.  A test
 * fails, too, when a script threw, a dialog opened, the content security policy
 * was violated, something was fetched from elsewhere, or the layout shifted.
 * OPTIONS are playwright's of a context, and {expects: /regexp/} for errors on
 * the console that belong to the test.
 */
import { chromium } from 'playwright-core';
import axe from 'axe-core';
import assert from 'node:assert/strict';

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

const tests = [];
export const test = (name, options, body) => tests.push({ name, options, body });

/* In every page before its own script. */
function watchShifts() {
	const shifts = [];
	/* The browser's own hadRecentInput is true, too, after the window got its size. */
	let input = -Infinity;
	for (const type of ['pointerdown', 'click', 'keydown', 'input', 'change', 'popstate'])
		addEventListener(type, () => { input = performance.now(); }, true);
	const note = entries => entries.filter(entry => entry.startTime - input > 500).forEach(entry =>
		shifts.push(entry.value + ' ' + entry.sources.map(({ node }) => `${node?.nodeName}.${node?.className}`)));
	const observer = new PerformanceObserver(list => note(list.getEntries()));
	observer.observe({ type: 'layout-shift', buffered: true });
	/* After the next two frames, for what is on its way. */
	globalThis.shifted = async () => {
		await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));
		note(observer.takeRecords());
		return shifts;
	};
}

export async function launch() {
	const root = process.getuid() === 0 ? ['--no-sandbox'] : [];
	return chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: [...root,
		'--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
		'--disable-component-update', '--disable-sync'] });
}

export async function open(browser, options) {
	const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce',
		...DESKTOP, ...options });
	context.setDefaultTimeout(20000);
	await context.addInitScript(watchShifts);
	const page = await context.newPage();
	page.complaints = [];
	page.on('console', message => {
		if (message.type() === 'error' || /Content Security Policy/.test(message.text()))
			page.complaints.push('console: ' + message.text());
	});
	page.on('pageerror', error => page.complaints.push('threw: ' + error.message));
	page.on('dialog', dialog => {
		page.complaints.push('dialog: ' + dialog.message());
		dialog.dismiss();
	});
	page.on('request', request => {
		if (!/^(http:\/\/127\.0\.0\.1[:/]|data:)/.test(request.url()))
			page.complaints.push('fetched: ' + request.url());
	});
	return page;
}

/* What is wrong after a test, but for what it expects. */
async function complaints(page, options) {
	const shifts = options.javaScriptEnabled === false ? [] : await page.evaluate(() => globalThis.shifted());
	return [...page.complaints.filter(text => !options.expects?.test(text)), ...shifts.map(text => 'shifted: ' + text)];
}

export async function accessible(page, state) {
	await page.evaluate(axe.source);
	const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
	assert.deepEqual(found.violations.map(v => `${state}: ${v.id}: ${v.help}: ` +
		v.nodes.slice(0, 3).map(node => node.html.slice(0, 160) + ' ' + node.any.map(a => a.message)[0])), []);
}

/* wanted(NAME): is it to be run? */
export async function run(wanted) {
	const browser = await launch();
	for (const { name, options, body } of tests.filter(each => wanted(each.name))) {
		const page = await open(browser, options);
		try {
			await body(page);
			assert.deepEqual(await complaints(page, options), []);
			console.log('ok ' + name);
		} catch (error) {
			console.log('not ok ' + name);
			console.log(`${error.message}\n at ${page.url()}`.replace(/^/gm, '#   '));
		}
		await page.context().close();
	}
	await browser.close();
}
