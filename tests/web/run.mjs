/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.mjs - tests of the search page in a browser
 *
 *	node run.mjs NAME=VALUE...
 *
 * news= two= token= hostile= are addresses of servers (of the sample corpus, of
 * two indexes, of one that asks for secret=, of hostile.mjs's documents); only=
 * is a pattern of names.  shots= is a folder: pictures are made for it, and no
 * test is run.
 * Prints "ok NAME" and "not ok NAME" with "#   why".
 */
import { run } from './browser.mjs';
import { pageTests } from './page_tests.mjs';
import { hostileTests } from './hostile_tests.mjs';
import { shoot } from './shots.mjs';

const at = Object.fromEntries(process.argv.slice(2).map(argument => {
	const [key, ...value] = argument.split('=');
	return [key, value.join('=')];
}));

if (at.shots) {
	await shoot(at);
} else {
	pageTests(at);
	hostileTests(at.hostile);
	await run(name => !at.only || new RegExp(at.only).test(name));
}
