/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hostile_tests.mjs - hostile titles, texts, ids and queries stay text */
import assert from 'node:assert/strict';
import { test } from './browser.mjs';
import { hostile, documents, word } from './hostile.mjs';

/* What no document may bring into a page. */
const foreign = () => {
	const bad = [];
	for (const node of document.querySelectorAll('*')) {
		if (['IMG', 'IFRAME', 'OBJECT', 'EMBED', 'VIDEO', 'BASE', 'STYLE', 'MATH', 'MARQUEE'].includes(node.nodeName.toUpperCase()) ||
			(node.nodeName.toLowerCase() === 'script' && node.getAttribute('src')?.split('?')[0] !== '/page.js'))
			bad.push('<' + node.nodeName + '>');
		for (const { name, value } of node.attributes)
			if (/^on/i.test(name) || (/^(href|src|action|formaction)$/i.test(name) && !/^(https?:\/\/|\/|#)/.test(value)))
				bad.push(`${node.nodeName} ${name}=${value}`);
	}
	if (globalThis.hacked || globalThis.top.hacked)
		bad.push('a script ran');
	return bad;
};

/* Controls become blanks or nothing; blanks side by side are one. */
const plain = text => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

const numbers = hostile.map((text, n) => n);

export function hostileTests(url) {
	test('hostile documents: in lists of results, and each as it was', {}, async page => {
		const links = [];
		for (let offset = 0; offset < hostile.length; offset += 10) {
			await page.goto(`${url}/?q=hostile&offset=${offset}&explain=1&group=none`);
			assert.deepEqual(await page.evaluate(foreign), []);
			links.push(...await page.locator('.hit h2 a').evaluateAll(all => all.map(a => [a.textContent, a.href])));
		}
		for (const n of numbers) {
			await page.goto(links.find(([title]) => title.includes(word(n)))[1]);
			assert.deepEqual(await page.evaluate(foreign), [], hostile[n]);
			assert.equal(plain(await page.locator('.doc h1').textContent()), plain(documents[n].title));
			const text = await page.locator('.doc .text').evaluate(node => {
				const copy = node.cloneNode(true);
				copy.querySelectorAll('.step').forEach(step => step.remove());
				return copy.textContent;
			});
			assert.ok(plain(text).includes(plain(hostile[n])), `${hostile[n]} in ${text}`);
		}
	});
	test('hostile queries', {}, async page => {
		/* Every place, and every call. */
		for (const n of numbers.filter(each => each % 4 === 0)) {
			await page.goto(`${url}/?q=${encodeURIComponent(hostile[n].replaceAll('\t', ' '))}`);
			assert.deepEqual(await page.evaluate(foreign), [], hostile[n]);
			assert.equal(await page.inputValue('#q'), hostile[n].replaceAll('\t', ' '));
		}
	});
	test('hostile titles among the suggestions', {}, async page => {
		await page.goto(url);
		for (const n of numbers.filter(each => each % 5 === 0)) {
			const asked = page.waitForResponse(reply => reply.url().includes('/suggest?'));
			await page.fill('#q', word(n));
			await (await asked).finished();
			assert.deepEqual(await page.evaluate(foreign), [], hostile[n]);
		}
	});
	test('an address is a link only when it is http or https', {}, async page => {
		for (const n of numbers.filter(each => /^\s*(java|vb|data)/i.test(hostile[each]))) {
			await page.goto(`${url}/?q=${word(n)}`);
			assert.equal(await page.locator('.outside').count(), 0, hostile[n]);
		}
	});
}
