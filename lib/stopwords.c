/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stopwords.h"

/*
 * "us" is in no list: U.S. is the same word.  "who" is not either, for the
 * sake of the WHO, nor "são", which folds to the "sao" of São Paulo.
 */
static const char *const english[] = {
	"a",	  "about", "after",  "all",    "also",	"an",	   "and",
	"any",	  "are",   "as",     "at",     "be",	"because", "been",
	"before", "being", "but",    "by",     "can",	"could",   "did",
	"do",	  "does",  "doing",  "don't",  "down",	"during",  "each",
	"few",	  "for",   "from",   "had",    "has",	"have",	   "having",
	"he",	  "her",   "here",   "hers",   "him",	"himself", "his",
	"how",	  "i",	   "if",     "in",     "into",	"is",	   "it",
	"it's",	  "its",   "itself", "just",   "me",	"more",	   "most",
	"my",	  "no",	   "nor",    "not",    "of",	"off",	   "on",
	"once",	  "only",  "or",     "other",  "our",	"out",	   "over",
	"own",	  "same",  "she",    "should", "so",	"some",	   "such",
	"than",	  "that",  "that's", "the",    "their", "theirs",  "them",
	"then",	  "there", "these",  "they",   "this",	"those",   "through",
	"to",	  "too",   "under",  "until",  "up",	"very",	   "was",
	"we",	  "were",  "what",   "when",   "where", "which",   "while",
	"whom",	  "whose", "why",    "will",   "with",	"would",   "you",
	"your",
};

static const char *const german[] = {
	"aber",	  "alle",   "als",    "also",	"am",	  "an",	    "auch",
	"auf",	  "aus",    "bei",    "beim",	"bin",	  "bis",    "bist",
	"da",	  "damit",  "dann",   "das",	"dass",	  "dein",   "dem",
	"den",	  "denn",   "der",    "des",	"die",	  "dies",   "diese",
	"diesem", "diesen", "dieser", "dieses", "doch",	  "dort",   "du",
	"durch",  "ein",    "eine",   "einem",	"einen",  "einer",  "eines",
	"er",	  "es",	    "euch",   "fur",	"hat",	  "hatte",  "hatten",
	"hier",	  "ich",    "ihm",    "ihn",	"ihnen",  "ihr",    "ihre",
	"ihrem",  "ihren",  "ihrer",  "im",	"in",	  "ist",    "ja",
	"jede",	  "jeder",  "jedes",  "kann",	"kein",	  "keine",  "mein",
	"mit",	  "nach",   "nicht",  "noch",	"nun",	  "nur",    "ob",
	"oder",	  "ohne",   "sein",   "seine",	"seinem", "seinen", "seiner",
	"sich",	  "sie",    "sind",   "so",	"uber",	  "um",	    "und",
	"uns",	  "unser",  "unter",  "vom",	"von",	  "vor",    "war",
	"waren",  "was",    "wenn",   "wer",	"werden", "wie",    "wir",
	"wird",	  "wurde",  "wurden", "zu",	"zum",	  "zur",    "zwischen",
};

static const char *const french[] = {
	"a",	  "au",	   "aucun", "aussi",  "autre", "aux",	 "avait",
	"avec",	  "ayant", "c",	    "car",    "ce",    "cela",	 "ces",
	"cet",	  "cette", "ceux",  "comme",  "d",     "dans",	 "de",
	"des",	  "donc",  "dont",  "du",     "elle",  "elles",	 "en",
	"encore", "entre", "est",   "et",     "etait", "eux",	 "il",
	"ils",	  "j",	   "je",    "jusqu",  "l",     "la",	 "le",
	"les",	  "leur",  "leurs", "lorsqu", "lui",   "m",	 "ma",
	"mais",	  "me",	   "meme",  "mes",    "moi",   "mon",	 "n",
	"ne",	  "ni",	   "nos",   "notre",  "nous",  "on",	 "ont",
	"ou",	  "par",   "pas",   "plus",   "pour",  "puisqu", "qu",
	"quand",  "que",   "quel",  "quelle", "qui",   "quoiqu", "s",
	"sa",	  "sans",  "se",    "ses",    "si",    "son",	 "sont",
	"sous",	  "sur",   "t",	    "ta",     "te",    "tes",	 "toi",
	"ton",	  "tu",	   "un",    "une",    "vos",   "votre",	 "vous",
	"y",
};

static const char *const spanish[] = {
	"a",	   "al",     "algo",   "ante",	  "antes",   "aquel",
	"aquella", "asi",    "aun",    "aunque",  "cada",    "como",
	"con",	   "contra", "cual",   "cuando",  "de",	     "del",
	"desde",   "donde",  "dos",    "durante", "e",	     "el",
	"ella",	   "ellas",  "ellos",  "en",	  "entre",   "era",
	"eran",	   "es",     "esa",    "esas",	  "ese",     "eso",
	"esos",	   "esta",   "estan",  "estas",	  "este",    "esto",
	"estos",   "fue",    "fueron", "ha",	  "habia",   "han",
	"hasta",   "hay",    "la",     "las",	  "le",	     "les",
	"lo",	   "los",    "mas",    "me",	  "mi",	     "mis",
	"mucho",   "muy",    "ni",     "no",	  "nos",     "nosotros",
	"o",	   "otra",   "otras",  "otro",	  "otros",   "para",
	"pero",	   "poco",   "por",    "porque",  "pues",    "que",
	"quien",   "se",     "sea",    "ser",	  "si",	     "sin",
	"sobre",   "son",    "su",     "sus",	  "tambien", "te",
	"tiene",   "tu",     "tus",    "u",	  "un",	     "una",
	"uno",	   "unos",   "y",      "ya",	  "yo",
};

static const char *const italian[] = {
	"a",	  "ad",	    "agl",    "agli",	"ai",	  "al",	    "all",
	"alla",	  "alle",   "allo",   "anche",	"c",	  "che",    "chi",
	"ci",	  "coi",    "col",    "come",	"con",	  "cui",    "d",
	"da",	  "dagli",  "dai",    "dal",	"dall",	  "dalla",  "dalle",
	"degli",  "dei",    "del",    "dell",	"della",  "delle",  "dello",
	"di",	  "dopo",   "dove",   "e",	"ed",	  "era",    "erano",
	"essere", "fra",    "gl",     "gli",	"ha",	  "hanno",  "i",
	"il",	  "in",	    "io",     "l",	"la",	  "le",	    "li",
	"lo",	  "loro",   "lui",    "m",	"ma",	  "mi",	    "mia",
	"mio",	  "n",	    "ne",     "negli",	"nei",	  "nel",    "nell",
	"nella",  "nelle",  "nello",  "noi",	"non",	  "o",	    "per",
	"perche", "pero",   "piu",    "poi",	"quale",  "quando", "quella",
	"quelle", "quelli", "quello", "questa", "queste", "questi", "questo",
	"qui",	  "s",	    "se",     "senza",	"si",	  "sono",   "su",
	"sua",	  "sue",    "sugli",  "sui",	"sul",	  "sull",   "sulla",
	"sulle",  "suo",    "suoi",   "t",	"ti",	  "tra",    "tu",
	"tutti",  "tutto",  "un",     "una",	"uno",	  "v",	    "vi",
	"voi",
};

static const char *const portuguese[] = {
	"a",	 "ainda", "ao",	    "aos",   "aquela", "aquele", "as",
	"ate",	 "com",	  "como",   "da",    "das",    "de",	 "dela",
	"dele",	 "deles", "depois", "do",    "dos",    "e",	 "ela",
	"elas",	 "ele",	  "eles",   "em",    "entre",  "era",	 "eram",
	"essa",	 "esse",  "esta",   "estao", "estas",  "este",	 "estes",
	"eu",	 "foi",	  "foram",  "ha",    "isso",   "isto",	 "ja",
	"lhe",	 "mais",  "mas",    "me",    "mesmo",  "meu",	 "minha",
	"muito", "na",	  "nao",    "nas",   "nem",    "no",	 "nos",
	"o",	 "os",	  "ou",	    "para",  "pela",   "pelas",	 "pelo",
	"pelos", "por",	  "porque", "qual",  "quando", "que",	 "quem",
	"se",	 "sem",	  "ser",    "seu",   "seus",   "so",	 "sobre",
	"sua",	 "suas",  "tambem", "te",    "tem",    "teu",	 "tu",
	"um",	 "uma",	  "voce",
};

static const char *const dutch[] = {
	"aan",	  "al",	    "alle",  "als",   "altijd", "andere", "ben",
	"bij",	  "daar",   "dan",   "dat",   "de",	"deze",	  "die",
	"dit",	  "doch",   "doen",  "door",  "dus",	"een",	  "en",
	"er",	  "ge",	    "geen",  "had",   "heb",	"hebben", "heeft",
	"hem",	  "het",    "hier",  "hij",   "hoe",	"hun",	  "iets",
	"ik",	  "in",	    "is",    "ja",    "je",	"kan",	  "kon",
	"kunnen", "maar",   "me",    "meer",  "men",	"met",	  "mij",
	"mijn",	  "moet",   "na",    "naar",  "niet",	"niets",  "nog",
	"nu",	  "of",	    "om",    "omdat", "ons",	"ook",	  "op",
	"over",	  "reeds",  "te",    "tegen", "toch",	"toen",	  "tot",
	"u",	  "uit",    "uw",    "van",   "veel",	"voor",	  "want",
	"waren",  "was",    "wat",   "we",    "werd",	"wie",	  "wij",
	"wil",	  "worden", "wordt", "zal",   "ze",	"zei",	  "zelf",
	"zich",	  "zij",    "zijn",  "zo",    "zonder", "zou",
};

static const char *const swedish[] = {
	"alla",	 "allt",   "ar",     "att",    "av",	 "bara",   "blev",
	"bli",	 "blir",   "da",     "dar",    "de",	 "dem",	   "den",
	"denna", "deras",  "dess",   "dessa",  "det",	 "detta",  "dig",
	"din",	 "du",	   "efter",  "ej",     "eller",	 "en",	   "er",
	"ett",	 "for",	   "fran",   "ha",     "hade",	 "han",	   "hans",
	"har",	 "henne",  "hennes", "hon",    "honom",	 "hur",	   "i",
	"icke",	 "in",	   "inom",   "inte",   "jag",	 "ju",	   "kan",
	"kunde", "man",	   "med",    "mellan", "men",	 "mig",	   "min",
	"mot",	 "mycket", "nagon",  "nagot",  "nar",	 "ni",	   "nu",
	"och",	 "om",	   "oss",    "over",   "pa",	 "sa",	   "samma",
	"sedan", "sig",	   "sin",    "sina",   "sitt",	 "skulle", "som",
	"till",	 "under",  "upp",    "ut",     "utan",	 "vad",	   "var",
	"vara",	 "varit",  "vi",     "vid",    "vilken", "vill",
};

static const char *const danish[] = {
	"af",	  "alle",  "alt",    "anden", "at",	 "blev",  "blive",
	"bliver", "da",	   "de",     "dem",   "den",	 "denne", "der",
	"deres",  "det",   "dette",  "dig",   "din",	 "disse", "dog",
	"du",	  "efter", "eller",  "en",    "end",	 "er",	  "et",
	"for",	  "fra",   "før",    "ham",   "han",	 "hans",  "har",
	"havde",  "hende", "hendes", "her",   "hos",	 "hun",	  "hvad",
	"hvis",	  "hvor",  "i",	     "ikke",  "ind",	 "jeg",	  "jer",
	"jo",	  "kan",   "kunne",  "man",   "mange",	 "med",	  "meget",
	"men",	  "mig",   "min",    "mit",   "mod",	 "nar",	  "ned",
	"noget",  "nogle", "nu",     "og",    "ogsa",	 "om",	  "op",
	"os",	  "over",  "pa",     "sadan", "saledes", "selv",  "sig",
	"sin",	  "sine",  "sit",    "skal",  "skulle",	 "som",	  "til",
	"ud",	  "under", "var",    "ved",   "vi",	 "vil",	  "ville",
	"være",	  "været",
};

static const char *const norwegian[] = {
	"alle",	 "at",	  "av",	    "bare",  "ble",   "bli",	"blir",
	"da",	 "de",	  "deg",    "dem",   "den",   "denne",	"der",
	"deres", "det",	  "dette",  "di",    "din",   "disse",	"du",
	"eller", "en",	  "enn",    "er",    "et",    "ett",	"etter",
	"for",	 "fordi", "fra",    "før",   "ha",    "hadde",	"han",
	"hans",	 "har",	  "hennes", "her",   "hun",   "hva",	"hvem",
	"hver",	 "hvis",  "hvor",   "i",     "ikke",  "inn",	"jeg",
	"kan",	 "kunne", "man",    "mange", "med",   "meg",	"mellom",
	"men",	 "mens",  "min",    "mitt",  "mot",   "mye",	"na",
	"nar",	 "noe",	  "noen",   "og",    "ogsa",  "om",	"opp",
	"oss",	 "over",  "pa",	    "sa",    "samme", "seg",	"selv",
	"si",	 "sin",	  "sine",   "sitt",  "skal",  "skulle", "slik",
	"som",	 "til",	  "ut",	    "uten",  "var",   "ved",	"vi",
	"vil",	 "ville", "være",   "vært",
};

static const char *const finnish[] = {
	"ei",	 "eivat",   "emme",   "en",	"et",	 "etta",   "ette",
	"han",	 "hanelle", "hanen",  "hanta",	"he",	 "heidan", "heille",
	"heita", "ja",	    "jo",     "joita",	"joka",	 "jos",	   "jossa",
	"jota",	 "jotka",   "kanssa", "koska",	"kuin",	 "kun",	   "kuten",
	"me",	 "meidan",  "meille", "meita",	"mika",	 "mina",   "minka",
	"minun", "missa",   "mita",   "mukaan", "mutta", "myos",   "naiden",
	"naita", "nama",    "ne",     "niiden", "niin",	 "nyt",	   "ole",
	"olen",	 "oli",	    "olivat", "olla",	"ollut", "on",	   "ovat",
	"se",	 "seka",    "sen",    "siina",	"siita", "silla",  "sina",
	"sinun", "sita",    "sitten", "tai",	"tama",	 "taman",  "tassa",
	"tasta", "tata",    "te",     "teidan", "vaan",	 "vaikka", "vain",
	"viela",
};

static const char *const russian[] = {
	"а",	 "без",	   "более", "бы",    "был",  "была",   "были",	"было",
	"быть",	 "в",	   "вам",   "вас",   "весь", "во",     "вот",	"все",
	"всего", "вы",	   "где",   "да",    "даже", "для",    "до",	"его",
	"ее",	 "если",   "есть",  "еще",   "же",   "за",     "здесь", "и",
	"из",	 "или",	   "им",    "их",    "к",    "как",    "ко",	"когда",
	"кто",	 "ли",	   "либо",  "между", "меня", "мне",    "мы",	"на",
	"над",	 "нам",	   "нас",   "не",    "него", "нее",    "нет",	"ни",
	"них",	 "но",	   "ну",    "о",     "об",   "однако", "он",	"она",
	"они",	 "оно",	   "от",    "очень", "по",   "под",    "при",	"с",
	"со",	 "так",	   "также", "такой", "там",  "то",     "того",	"тоже",
	"той",	 "только", "том",   "ты",    "у",    "уже",    "чего",	"чей",
	"чем",	 "что",	   "чтобы", "эта",   "эти",  "это",    "этого", "этой",
	"этом",	 "этот",   "я",
};

#define LIST(name, list)                                                       \
	{                                                                      \
		name, list, sizeof(list) / sizeof(*list)                       \
	}

static const struct stopwords lists[] = {
	LIST("danish", danish),	  LIST("dutch", dutch),
	LIST("english", english), LIST("finnish", finnish),
	LIST("french", french),	  LIST("german", german),
	LIST("italian", italian), LIST("norwegian", norwegian),
	LIST("porter", english),  LIST("portuguese", portuguese),
	LIST("russian", russian), LIST("spanish", spanish),
	LIST("swedish", swedish),
};

const struct stopwords *stopwords_find(const char *language)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (!strcmp(lists[i].language, language))
			return &lists[i];
	return NULL;
}

static int compare(const char *word, size_t len, const char *entry)
{
	int order = strncmp(word, entry, len);

	return order ? order : entry[len] ? -1 : 0;
}

bool stopwords_has(const struct stopwords *list, const char *word, size_t len)
{
	size_t low = 0, high = list ? list->count : 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = compare(word, len, list->word[mid]);

		if (!order)
			return true;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return false;
}
