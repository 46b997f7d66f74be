/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spelling_list.c - US and UK spellings of English, made by rules
 *
 * A family is a list of beginnings, each of which takes each of its endings, in
 * the US form and the UK form.  A word that nobody uses does no harm: only what
 * is in an index is searched.  Left out are pairs of which one is another word
 * as well, and a common one: check and cheque, tire and tyre, curb and kerb,
 * draft and draught, story and storey.
 */
#include "variants.h"

enum {
	SPELLING_MAX = 40 /* bytes of a word */
};

struct family {
	const char *endings; /* "or:our ors:ours" */
	const char *stems;   /* "col hon" */
};

static const struct family families[] = {
	/* ---- -or, -our */
	{ "or:our ors:ours ored:oured oring:ouring orer:ourer orers:ourers",
	  "arb ard arm behavi misbehavi cand clam col discol watercol multicol "
	  "tricol demean misdemean dol endeav fav disfav ferv flav glam harb "
	  "hon dishon hum lab belab neighb od parl ranc rig rum sav savi "
	  "splend succ tum val vap vig" },
	{ "orable:ourable orably:ourably", "fav unfav hon dishon lab hum col" },
	{ "orful:ourful orfully:ourfully orless:ourless", "col flav hum od" },
	{ "orite:ourite orites:ourites oritism:ouritism", "fav" },
	{ "orhood:ourhood orhoods:ourhoods orly:ourly", "neighb" },
	{ "oral:oural orally:ourally orist:ourist orists:ourists", "behavi" },
	{ "orist:ourist orists:ourists", "col" },
	{ "ory:oury", "arm sav unsav" },
	{ "orings:ourings orists:ourists", "col flav" },
	{ "orsome:oursome orous:ourous", "" },

	/* ---- -er, -re */
	{ "er:re ers:res",
	  "cent epicent theat amphitheat met kilomet centimet millimet "
	  "micromet nanomet lit millilit centilit decilit hectolit fib "
	  "microfib calib lust lacklust meag mit nit och sab scept sepulch "
	  "somb spect tit saltpet goit louv reconnoit accout" },
	{ "ered:red ering:ring", "cent mit accout reconnoit" },
	{ "erpiece:repiece erpieces:repieces erfold:refold erfolds:refolds "
	  "erline:reline",
	  "cent" },
	{ "erboard:reboard erglass:reglass", "fib" },
	{ "ergoer:regoer ergoers:regoers ergoing:regoing", "theat" },

	/* ---- -ize, -ise */
	{ "ize:ise izes:ises ized:ised izing:ising izer:iser izers:isers "
	  "ization:isation izations:isations izable:isable",
	  "absolut acclimat actual agon alphabet american amort anglic "
	  "antagon apolog appet aromat atom author bapt brutal canon "
	  "capital caramel character christian civil collectiv "
	  "colon decolon commercial commod compartmental computer "
	  "conceptual contextual criminal decriminal critic crystall crystal "
	  "custom decentral dehuman demoral democrat demon desensit "
	  "destabil digit dramat econom editorial emphas empath energ "
	  "epitom equal evangel external extempor familiar fantas "
	  "fertil final formal fossil fratern galvan general ghetto glamor "
	  "global harmon homogen hospital human hypnot hypothes "
	  "ideal idol immobil immortal immun incentiv individual "
	  "industrial deindustrial infantil initial institutional internal "
	  "international ion italic jeopard legal legitim "
	  "liberal local relocal lion magnet marginal material maxim mechan "
	  "memorial memor mesmer militar demilitar minim mobil demobil "
	  "modern modular monet monopol moral motor national "
	  "denational natural neutral normal optim "
	  "organ disorgan reorgan ostrac overemphas oxid pedestrian "
	  "penal personal depersonal plagiar polar depolar polit "
	  "politic popular pressur depressur priorit privat professional "
	  "proselyt public pulver radical random rational real recogn "
	  "regional regular relativ revital revolution "
	  "robot romantic sanit satir scandal scrutin secular sensational "
	  "sensit serial sexual social solemn special stabil standard "
	  "steril stigmat subsid suburban summar symbol sympath "
	  "synchron synthes system systemat tantal tempor terror theor "
	  "tranquil trauma traumat trivial tyrann "
	  "union urban util vandal vapor verbal victim visual vital "
	  "vocal vulgar weapon western winter bowdler cannibal canal "
	  "categor cauter central circular "
	  "cicatr container dogmat euthan "
	  "femin fiction fossil german "
	  "hybrid idiom item lexical "
	  "macadam martyr metabol metastas mineral miniatur "
	  "moistur mongrel nasal nebul particular "
	  "pasteur patron philosoph photosynthes polymer reenerg "
	  "russian sermon signal "
	  "soviet syllog tender theatrical "
	  "topical unauthor uncivil unorgan unrecogn vascular "
	  "weather" },
	{ "izational:isational izationally:isationally", "organ" },

	/* ---- -yze, -yse */
	{ "yze:yse yzes:yses yzed:ysed yzing:ysing yzer:yser yzers:ysers",
	  "anal reanal overanal psychoanal paral catal hydrol electrol dial "
	  "breathal" },

	/* ---- -og, -ogue */
	{ "og:ogue ogs:ogues oged:ogued oging:oguing oger:oguer ogers:oguers",
	  "catal dial anal monol prol epil travel homol ideol demag "
	  "pedag" },

	/* ---- -ense, -ence */
	{ "ense:ence enses:ences enseless:enceless", "def off pret lic" },
	{ "ice:ise ices:ises iced:ised icing:ising", "pract" },

	/* ---- one l in the US, two in the UK */
	{ "led:lled ling:lling ler:ller lers:llers",
	  "trave cance labe mislabe relabe mode remode signa leve fue refue "
	  "counse marve quarre tunne channe pane dia equa riva tota initia "
	  "beve caro cavi chise devi bedevi disheve drive due ename funne "
	  "gambo grave grove hove jewe kenne libe meda nicke peda penci "
	  "peri imperi pisto pumme rave unrave reve shove shrive snive "
	  "spira squirre stenci swive tasse tinse towe trowe victua wease "
	  "yode marsha parce snorke empane impane appare barre cudge dowe grue "
	  "initia "
	  "tramme" },
	{ "lor:llor lors:llors lorship:llorship", "counse counci" },
	{ "list:llist lists:llists", "meda pane due" },
	{ "lous:llous lously:llously", "marve libe" },
	{ "len:llen lens:llens", "woo" },
	{ "lry:llery", "jewe" },

	/* ---- and two in the US, one in the UK */
	{ "ll:l lls:ls llment:lment llments:lments",
	  "enro fulfi insti disti insta appa enthra" },
	{ "llful:lful llfully:lfully llfulness:lfulness", "ski wi unski" },

	/* ---- other doubled letters */
	{ "ped:pped ping:pping per:pper pers:ppers", "worshi kidna" },
	{ "ted:tted ting:tting", "benefi comba" },
	{ "sed:ssed sing:ssing ses:sses", "focu bia refocu unbia" },
	{ "ram:ramme rams:rammes", "prog kilog" },

	/* ---- e, ae and oe */
	{ "emia:aemia emic:aemic emias:aemias",
	  "an leuk hypoglyc hyperglyc septic ur tox bacter "
	  "thalass hyperlipid" },
	{ "esthesia:aesthesia esthetic:aesthetic esthetics:aesthetics "
	  "esthetist:aesthetist esthetists:aesthetists "
	  "esthetize:aesthetise",
	  "an" },
	{ "esthete:aesthete esthetes:aesthetes esthetic:aesthetic "
	  "esthetics:aesthetics esthetically:aesthetically "
	  "eon:aeon eons:aeons edema:oedema estrogen:oestrogen "
	  "esophagus:oesophagus esophageal:oesophageal eolian:aeolian",
	  "" },
	{ "eology:aeology eological:aeological eologist:aeologist "
	  "eologists:aeologists",
	  "arch" },
	{ "hemoglobin:haemoglobin hemophilia:haemophilia "
	  "hemophiliac:haemophiliac hemophiliacs:haemophiliacs "
	  "hemorrhage:haemorrhage hemorrhages:haemorrhages "
	  "hemorrhaged:haemorrhaged hemorrhaging:haemorrhaging "
	  "hemorrhagic:haemorrhagic hemorrhoid:haemorrhoid "
	  "hemorrhoids:haemorrhoids hematology:haematology "
	  "hematologist:haematologist hematoma:haematoma",
	  "" },
	{ "ecology:aecology ecological:aecological ecologist:aecologist "
	  "ecologists:aecologists",
	  "gyn" },
	{ "ediatric:aediatric ediatrics:aediatrics ediatrician:aediatrician "
	  "ediatricians:aediatricians edophile:aedophile edophiles:aedophiles "
	  "edophilia:aedophilia",
	  "p" },
	{ "opedic:opaedic opedics:opaedics opedia:opaedia opedias:opaedias",
	  "orth encycl" },
	{ "etus:oetus etuses:oetuses etal:oetal etid:oetid eces:aeces "
	  "ecal:aecal",
	  "f" },
	{ "leontology:laeontology leontologist:laeontologist "
	  "leontologists:laeontologists leolithic:laeolithic",
	  "pa" },
	{ "rrhea:rrhoea", "dia gono sebo logo" },
	{ "nea:noea", "ap dysp" },
	{ "euver:oeuvre euvers:oeuvres euvered:oeuvred euvering:oeuvring "
	  "euverable:oeuvrable euverability:oeuvrability",
	  "man outman" },
	{ "cesarean:caesarean cesareans:caesareans celiac:coeliac "
	  "medieval:mediaeval primeval:primaeval cecum:caecum "
	  "homeopathy:homoeopathy homeopath:homoeopath "
	  "homeopathic:homoeopathic ameba:amoeba amebas:amoebas "
	  "synesthesia:synaesthesia",
	  "" },

	/* ---- ou and o, gh and w, ph and f, sk and sc, y and i */
	{ "old:ould olds:oulds olded:oulded olding:oulding oldy:ouldy "
	  "older:oulder",
	  "m" },
	{ "olt:oult olts:oults olted:oulted olting:oulting", "m" },
	{ "olders:oulders oldered:ouldered oldering:ouldering "
	  "older:oulder",
	  "sm" },
	{ "ow:ough ows:oughs owed:oughed owing:oughing owman:oughman",
	  "pl snowpl" },
	{ "fur:phur fate:phate fates:phates furic:phuric fide:phide "
	  "fides:phides furous:phurous fite:phite fites:phites",
	  "sul" },
	{ "keptic:ceptic keptics:ceptics keptical:ceptical "
	  "keptically:ceptically kepticism:cepticism",
	  "s" },
	{ "ray:rey rays:reys rayed:reyed raying:reying rayer:reyer "
	  "rayest:reyest rayish:reyish rayscale:reyscale rayness:reyness",
	  "g" },
	{ "ustache:oustache ustaches:oustaches "
	  "ustached:oustached",
	  "m" },
	{ "inquire:enquire inquires:enquires inquired:enquired "
	  "inquiring:enquiring inquiry:enquiry inquiries:enquiries "
	  "inquirer:enquirer inquirers:enquirers",
	  "" },
	{ "ozy:osy ozier:osier oziest:osiest ozily:osily oziness:osiness "
	  "ozies:osies",
	  "c" },

	/* ---- e kept in the UK */
	{ "gment:gement gments:gements gmental:gemental",
	  "jud acknowled abrid misjud prejud" },
	{ "able:eable ably:eably",
	  "lik siz liv sal rat unshak lov mov unlik nam blam tam" },
	{ "ing:eing", "ag whing" },

	/* ---- each for itself */
	{ "ax:axe pickax:pickaxe aluminum:aluminium airplane:aeroplane "
	  "airplanes:aeroplanes "
	  "artifact:artefact artifacts:artefacts pajama:pyjama "
	  "pajamas:pyjamas jail:gaol jails:gaols jailed:gaoled jailer:gaoler "
	  "jailers:gaolers donut:doughnut donuts:doughnuts furor:furore "
	  "furors:furores licorice:liquorice omelet:omelette "
	  "omelets:omelettes wagon:waggon wagons:waggons whiskey:whisky "
	  "whiskeys:whiskys yogurt:yoghurt yogurts:yoghurts caftan:kaftan "
	  "caftans:kaftans caldron:cauldron caldrons:cauldrons "
	  "carburetor:carburettor carburetors:carburettors chili:chilli "
	  "chilies:chillies clarinetist:clarinettist czar:tsar czars:tsars "
	  "czarist:tsarist draftsman:draughtsman draftsmen:draughtsmen "
	  "draftswoman:draughtswoman drafty:draughty",
	  "" },
	{ "math:maths mollusk:mollusc mollusks:molluscs phony:phoney "
	  "curbside:kerbside curbstone:kerbstone flutist:flautist "
	  "flutists:flautists specialty:speciality specialties:specialities "
	  "cipher:cypher ciphers:cyphers tidbit:titbit tidbits:titbits "
	  "siphon:syphon siphons:syphons siphoned:syphoned "
	  "siphoning:syphoning veranda:verandah verandas:verandahs "
	  "gypsy:gipsy gypsies:gipsies "
	  "caviar:caviare hiccup:hiccough hiccups:hiccoughs balk:baulk "
	  "balks:baulks balked:baulked balking:baulking behoove:behove "
	  "behooves:behoves glycerin:glycerine chamomile:camomile "
	  "barbecue:barbeque "
	  "barbecues:barbeques naught:nought calisthenics:callisthenics "
	  "connection:connexion connections:connexions aerie:eyrie",
	  "" },
	{ "adviser:advisor advisers:advisors protester:protestor "
	  "protesters:protestors adapter:adaptor adapters:adaptors "
	  "impostor:imposter impostors:imposters conjurer:conjuror "
	  "conjurers:conjurors learned:learnt dreamed:dreamt "
	  "spoiled:spoilt spilled:spilt burned:burnt leaped:leapt "
	  "unlearned:unlearnt vial:phial vials:phials garrote:garrotte "
	  "garroted:garrotted pricey:pricy "
	  "dependents:dependants raccoon:racoon raccoons:racoons "
	  "whir:whirr installment:instalment "
	  "fulfillment:fulfilment ensnare:insnare "
	  "defenseless:defenceless "
	  "reflection:reflexion lasagna:lasagne "
	  "czarina:tsarina czarinas:tsarinas",
	  "" },
};

/* The next word of *at; false at the end. */
static bool next_word(const char **at, const char **word, size_t *len)
{
	*at += strspn(*at, " ");
	*word = *at;
	*len = strcspn(*at, " ");
	*at += *len;
	return *len;
}

/* Every ending of a family, in both forms. */
static bool each_ending(const struct family *f, const char *stem,
			size_t stem_len, spelling_fn *each, void *ctx)
{
	const char *at = f->endings, *word;
	size_t len;

	while (next_word(&at, &word, &len)) {
		const size_t us_len = strcspn(word, ":");
		char us[SPELLING_MAX], uk[SPELLING_MAX];

		snprintf(us, sizeof(us), "%.*s%.*s", (int)stem_len, stem,
			 (int)us_len, word);
		snprintf(uk, sizeof(uk), "%.*s%.*s", (int)stem_len, stem,
			 (int)(len - us_len - 1), word + us_len + 1);
		if (!each(ctx, us, uk))
			return false;
	}
	return true;
}

bool spelling_list_each(spelling_fn *each, void *ctx)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		const struct family *f = &families[i];
		const char *at = f->stems, *stem;
		size_t len;

		if (!*at && !each_ending(f, "", 0, each, ctx))
			return false;
		while (next_word(&at, &stem, &len))
			if (!each_ending(f, stem, len, each, ctx))
				return false;
	}
	return true;
}
