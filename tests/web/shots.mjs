/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shots.mjs - the pictures in doc/web, of the sample corpus */
import { launch, open, PHONE } from './browser.mjs';

const WIDE = { viewport: { width: 1120, height: 720 } };
const THIN = { ...PHONE, viewport: { width: 360, height: 740 }, deviceScaleFactor: 1.5 };
const QUERY = '/?q=flood+harwick';

/* What there is to see: its name, the options of a page, what is done there. */
const shots = [
	['desktop', WIDE, async (page, at) => { await page.goto(at + QUERY); }],
	['dark', { ...WIDE, colorScheme: 'dark' }, async (page, at) => {
		await page.goto(at + '/?q=rail+strike');
		await page.locator('.why').first().click();
		await page.waitForSelector('table.explain');
		await page.mouse.move(1, 1);
	}],
	['phone', THIN, async (page, at) => { await page.goto(at + QUERY); }],
	['document', WIDE, async (page, at) => {
		await page.goto(at + QUERY);
		await page.locator('.hit h2 a').first().click();
		await page.waitForSelector('.doc');
		await page.keyboard.press('n');
		await page.keyboard.press('n');
		await page.evaluate(() => scrollTo(0, 0));
	}],
	['completion', { viewport: { width: 1120, height: 480 } }, async (page, at) => {
		await page.goto(at);
		await page.click('#q');
		await page.keyboard.type('rail st');
		await page.waitForSelector('#suggest li');
		await page.keyboard.press('ArrowDown');
	}]
];

export async function shoot(at) {
	const browser = await launch();
	for (const [name, options, act] of shots) {
		const page = await open(browser, options);
		await act(page, at.news);
		await page.evaluate(() => document.fonts.ready);
		await page.screenshot({ path: `${at.shots}/${name}.png` });
		console.log('ok ' + name);
		await page.context().close();
	}
	await browser.close();
}
