/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tongues.h"

/*
 * Words are those of stopwords_find(), and these, in the spelling of their
 * language; folding takes the marks off.  A list has what its neighbours have, too, so that no text is theirs
 * for want of a word.
 */
const struct tongue tongues[] = {
	{ SCRIPT_LATIN, "en", "english", "en",
	  "said says say who us may might new one two first last year years "
	  "since between against like still yet never now well even much "
	  "many every another both also back get got make made take people "
	  "time must shall ever am he's" },
	{ SCRIPT_LATIN, "de", "german", "de",
	  "über für können müssen soll sollte will wollen wieder mehr sehr "
	  "schon seit gegen zwei neue neuen gibt haben habe worden selbst "
	  "immer etwas viele weil ohne jahr jahre jahren sagte laut ließ "
	  "man bis beiden ab statt" },
	{ SCRIPT_LATIN, "fr", "french", "fr",
	  "à être été était sera fait faire dit ans selon après avant "
	  "depuis peut vont tout tous toute toutes deux où très bien même "
	  "alors ainsi fois ici dès lors contre jamais rien chez vers afin "
	  "leurs année années jour" },
	{ SCRIPT_LATIN, "es", "spanish", "es",
	  "fue han sido años año dos hasta desde según tras hay ya todo "
	  "todos toda todas otro otra otros muy más así después antes "
	  "durante contra cada vez también entonces hacer puede pueden dijo "
	  "ni mientras día días donde" },
	{ SCRIPT_LATIN, "it", "italian", "it",
	  "è stato stata stati sono hanno anni anno due fino dopo prima "
	  "durante contro ogni volta anche ancora già più molto così tutti "
	  "tutto tutta fatto fare può quando mentre sempre solo sotto "
	  "essere era poi oggi dove" },
	{ SCRIPT_LATIN, "pt", "portuguese", "pt",
	  "é foi foram são ser ter tem têm anos ano dois duas até desde "
	  "segundo após há já todo todos toda todas outro outra outros "
	  "muito mais assim depois antes durante contra cada vez também "
	  "então fazer pode podem disse nem enquanto dia dias onde" },
	{ SCRIPT_LATIN, "nl", "dutch", "nl",
	  "jaar jaren twee nieuwe weer werd werden worden wordt zijn geen "
	  "veel meer al zeer sinds tegen tussen tijdens volgens toch zelf "
	  "altijd iets moet moeten kunnen mensen onder elke zoals waar "
	  "heeft hebben zei tot omdat" },
	{ SCRIPT_LATIN, "sv", "swedish", "sv",
	  "och att som på är av för till ett inte sig från när över efter "
	  "mot upp ut någon något några mycket hur vad också sedan redan "
	  "bara mellan andra där ska blir blev hade skulle två år inom utan "
	  "vid" },
	{ SCRIPT_LATIN, "da", "danish", "da",
	  "af efter blev bliver hvad hvornår noget nogle nogen mig dig "
	  "endnu op nu igen mellem meget frem uge uger tog siger sige også "
	  "stadig tilbage nej selv hvis havde fik lige siden være været "
	  "deres både før ind ned år andre over gøre gjort" },
	{ SCRIPT_LATIN, "no", "norwegian", "nb",
	  "av etter ble blir hva når noe noen meg deg enda opp nå igjen "
	  "mellom mye fram uke uker tok sier si også fortsatt tilbake nei "
	  "selv hvis hadde fikk like siden være vært deres både før inn ned "
	  "år andre over gjøre gjort å ikke fra" },
	{ SCRIPT_LATIN, "fi", "finnish", "fi",
	  "on ei se hän oli ja että myös kun kuin mutta tai joka jotka mitä "
	  "vain jo sen niin ovat olla ollut jos nyt vuonna vuoden sekä "
	  "mukaan kertoo sanoi ennen jälkeen kanssa enää aina hänen heidän "
	  "tämä nämä muun" },
	{ SCRIPT_LATIN, "no", "norwegian", "nn",
	  "ikkje og ein eit dei er som til på av med for frå den det ho han "
	  "vart vert vere var har hadde om også men når eg me de dykk kva kven "
	  "korleis nokon noko berre mellom etter meir fleire sjølv då så seg i "
	  "å dette desse mot over under ut inn opp ved skal kan vil må heile" },
	{ SCRIPT_LATIN, "ca", "catalan", "ca",
	  "el la els les un una uns unes de del dels al als i o que què en amb "
	  "per a no es se s'ha ha han és són era va van ser estar fer ja però "
	  "més molt també com quan on aquest aquesta aquests aquestes seu seva "
	  "seus seves li ho hi tot tots tota totes sobre entre fins des sense "
	  "segons perquè després abans només altres hem havia d'un d'una l'any "
	  "pel pels dos anys part cada mateix" },
	{ SCRIPT_LATIN, "gl", NULL, "gl",
	  "o a os as un unha uns unhas de do da dos das ao á aos ás e ou que "
	  "en no na nos nas con por para non se é son foi era ten ser estar "
	  "máis moi tamén como cando onde este esta estes isto iso seu súa "
	  "seus súas lle xa pero todo todos toda todas sobre entre ata desde "
	  "sen porque despois antes só outros hai ano anos pola polo dunha dun "
	  "nunha nun galicia cada mesmo" },
	{ SCRIPT_LATIN, "ro", "romanian", "ro",
	  "și în de la cu pe un o că a al ai ale este sunt era au fost fi nu "
	  "care din pentru mai sau dar după prin între până fără despre când "
	  "cum unde acest această aceste acestea său sa lui lor lui-i se îi i "
	  "le ce ca să va vor am are avea doar foarte toate toți tot cel cea "
	  "cei cele dintre către însă iar anul ani astfel deja" },
	{ SCRIPT_LATIN, "hu", "hungarian", "hu",
	  "a az és hogy nem is egy ez azt meg de már csak volt van vannak "
	  "lesz lett mint mert vagy ha el be ki fel le után szerint között "
	  "által pedig aki ami amely ezt ezek azok minden még most így úgy "
	  "több nagyon kell lehet majd sem ha alatt ellen előtt során évben "
	  "magyar amikor ahol illetve" },
	{ SCRIPT_LATIN, "tr", "turkish", "tr",
	  "ve bir bu da de için ile çok daha olarak olan gibi ancak en ne o "
	  "sonra kadar göre ise ama var yok değil ki mi mı her şey hem ya veya "
	  "diye oldu olduğu olduğunu tarafından üzerinde arasında büyük yeni "
	  "şu iki tüm kendi karşı önce nasıl neden etti dedi ilk yıl" },
	{ SCRIPT_LATIN, "id", "indonesian", "id",
	  "yang dan di ke dari untuk dengan ini itu pada adalah tidak dalam "
	  "akan oleh sebagai juga telah sudah karena atau bisa ada mereka kami "
	  "kita dia ia saya lebih setelah saat para seperti namun tersebut "
	  "bahwa hanya masih menjadi dapat orang tahun antara secara hingga "
	  "bagi lain sejak belum harus tetapi sampai apa sebuah tak sangat "
	  "mulai selama lalu agar hari" },
	{ SCRIPT_LATIN, "ms", NULL, "ms",
	  "yang dan di ke dari untuk dengan ini itu pada adalah tidak dalam "
	  "akan oleh sebagai juga telah sudah kerana atau boleh ada mereka "
	  "kami "
	  "kita dia ia saya lebih selepas ketika para seperti namun tersebut "
	  "bahawa hanya masih menjadi dapat orang tahun antara secara sehingga "
	  "bagi lain sejak belum perlu tetapi beliau berkata ialah kepada "
	  "daripada negara selama hari apa" },
	{ SCRIPT_LATIN, "ga", "irish", "ga",
	  "an na agus a ar i le is do go ag tá bhí ní leis sé sí siad é í iad "
	  "ach as de den don faoi nach mar sin seo chun ó nuair féin gach "
	  "raibh bhfuil beidh níl ann aici aige acu atá idir roimh nó cé "
	  "anseo inniu bliain sa san gan" },
	{ SCRIPT_LATIN, "lt", "lithuanian", "lt",
	  "ir yra kad su į iš ne bet kaip tai jis ji jie buvo apie ar per už "
	  "po prie nuo iki tik dar jau taip pat kai kurie kuris kuri o dėl bus "
	  "mes savo tačiau metų metais tuo šis ši šio būti gali labai pagal "
	  "tarp arba nes jo jos jų" },
	{ SCRIPT_LATIN, "eu", "basque", "eu",
	  "eta da ez du dute zen ere bat baina hori hau izan dira egin bere "
	  "beste baino edo zuen dela duen oso gehiago bezala izango zuten den "
	  "ditu dituzte arte urte urtean gabe dago gero orain asko guztiak "
	  "batean batzuk horrek nola zer baita egiten behar" },
	{ SCRIPT_LATIN, "pl", NULL, "pl",
	  "i w na z do się nie to że jest o jak za od po co ale przez dla tak "
	  "był była było są tym oraz który która które ten ta te jego jej ich "
	  "już tylko być może także przed pod nad bez ze czy lub gdy bardzo "
	  "roku lat" },
	{ SCRIPT_LATIN, "cs", NULL, "cs",
	  "a v na se je že s z do o to i ve pro za by ale jako po od jeho své "
	  "který která které podle při už jsou byl byla bylo také však aby jen "
	  "nebo mezi před když není k ze než co tak v roce let" },
	{ SCRIPT_LATIN, "sk", NULL, "sk",
	  "a v na sa je že s z do o to aj vo pre za by ale ako po od jeho "
	  "svoje "
	  "ktorý ktorá ktoré podľa pri už sú bol bola bolo tiež však aby len "
	  "alebo medzi pred keď nie je k zo než čo tak roku rokov i" },
	{ SCRIPT_LATIN, "hr", NULL, "hr",
	  "i u je na da se za su od s o koji koja koje ne a kao će iz do ali "
	  "što bi to nakon prema između samo već bio bila bilo godine godina "
	  "ovo taj još kako li ili nije sve po te tijekom" },
	{ SCRIPT_LATIN, "sr", "serbian", "sr-Latn",
	  "i u je na da se za su od s o koji koja koje ne a kao će iz do ali "
	  "što bi to nakon prema između samo već bio bila bilo godine godina "
	  "ovo taj još kako li ili nije sve po te posle sa šta ko gde tokom" },
	{ SCRIPT_LATIN, "sl", NULL, "sl",
	  "in je v na da se za so s z ki pa ne tudi bi kot po od do iz pri ali "
	  "bil bila bilo še že kako kaj tako lahko le med leta let ter zato po "
	  "svoj svoje jih ga" },
	{ SCRIPT_LATIN, "et", NULL, "et",
	  "ja on ei et see oli kui ka aga ta kes mis või siis oma ning nagu "
	  "mida veel ole tema selle pärast kuid nii juba pole kõik üks aasta "
	  "aastal eesti" },
	{ SCRIPT_LATIN, "lv", NULL, "lv",
	  "un ir ka par no ar uz lai kas tas bet arī to viņš viņa bija pēc kā "
	  "tika nav tiek jau gan vai pie tā šis gada gadā latvijas savu" },
	{ SCRIPT_LATIN, "af", NULL, "af",
	  "die en van in is het nie dat wat te vir om hy met op sy se ook was "
	  "aan as by na ons hulle dit haar maar sal kan word meer uit oor deur "
	  "een 'n gesê toe" },
	{ SCRIPT_LATIN, "is", NULL, "is",
	  "og að í er á sem við til um ekki var það en með af fyrir hann hún "
	  "þeir þessi þetta þau hafa hefur frá eða verið eftir voru mjög" },
	{ SCRIPT_LATIN, "cy", NULL, "cy",
	  "y yn yr a ar i o mae ei wedi eu ac am gan gyda ond oedd nid hyn "
	  "roedd fod bod hefyd dros ni chi nhw sydd" },
	{ SCRIPT_LATIN, "sq", NULL, "sq",
	  "të e në dhe një për me që nga i është se ka nuk u do kjo ky si por "
	  "më janë ishte kishte tij saj" },
	{ SCRIPT_LATIN, "vi", NULL, "vi",
	  "và của là có trong được cho các một không những với người này khi "
	  "để đã ở từ về đến năm sẽ như ông" },
	{ SCRIPT_LATIN, "tl", NULL, "tl",
	  "ang ng sa mga na at ay ni si para ito hindi kanyang siya may din "
	  "nang kung dahil ayon isang naman pa" },
	{ SCRIPT_LATIN, "sw", NULL, "sw",
	  "na ya wa kwa ni za katika la cha hii huyo kuwa huo hiyo lakini pia "
	  "kama baada watu yake alisema" },
	{ SCRIPT_LATIN, "la", NULL, NULL,
	  "et in est non ad cum ut qui quae quod sed ex per sunt ab aut etiam "
	  "esse si atque enim nec autem dolor sit amet ipsum lorem elit" },

	{ SCRIPT_CYRILLIC, "ru", "russian", "ru", NULL },
	{ SCRIPT_CYRILLIC, "uk", NULL, "uk",
	  "і в у на з що не та до за про як від його її це для й також був "
	  "була "
	  "було вони він вона але або який яка які після через під при року "
	  "років є ще вже щоб чи своїх свою їх коли зі із цього бути лише між "
	  "більше так а то ми" },
	{ SCRIPT_CYRILLIC, "be", NULL, "be",
	  "і ў у на з што не да за пра як ад яго яе гэта для таксама быў была "
	  "было яны ён яна але або які якая якія пасля праз пад пры года гадоў "
	  "ёсць яшчэ ужо каб ці свае іх калі са толькі паміж больш а" },
	{ SCRIPT_CYRILLIC, "bg", NULL, "bg",
	  "и на в да се за от че е с по не са ще той тя това като до при след "
	  "или но който която които му й им беше били има през само още със "
	  "към "
	  "между преди така както вече този тази тези година години" },
	{ SCRIPT_CYRILLIC, "mk", NULL, "mk",
	  "и на во да се за од дека е со по не се ќе тој таа тоа како до при "
	  "или но кој која кои што му им беше биле има само уште кон меѓу пред "
	  "така овој оваа година години" },
	{ SCRIPT_CYRILLIC, "sr", "serbian", "sr-Cyrl",
	  "и у је на да се за су од с о који која које не а као ће из до али "
	  "што би то након према између само већ био била било године година "
	  "ово тај још како ли или није све по те после са шта ко где током" },
	{ SCRIPT_CYRILLIC, "kk", NULL, "kk",
	  "және мен бен үшін бұл деп да де бір осы ол бар жоқ емес болды болып "
	  "кейін туралы қазақстан" },

	{ SCRIPT_ARABIC, "ar", "arabic", "ar",
	  "في من على إلى أن عن مع هذا هذه التي الذي كان كانت لم لا ما بعد قبل "
	  "بين كما قد أو ثم حيث خلال وقال قال عام منذ ذلك إن هو هي كل" },
	{ SCRIPT_ARABIC, "fa", NULL, "fa",
	  "و در به از که این را با است برای آن یک خود تا بر هم نیز شد شده کرد "
	  "می های بود او اما یا هر پس سال ایران" },
	{ SCRIPT_ARABIC, "ur", NULL, "ur",
	  "کے کی میں ہے اور سے کا کو اس کہ پر یہ نے ہیں تھا ایک وہ بھی جو کر "
	  "نہیں تو کیا گیا بعد لیے" },

	{ SCRIPT_DEVANAGARI, "hi", "hindi", "hi",
	  "के है में की से का और को पर ने कि यह हैं एक भी इस लिए नहीं तो कर "
	  "वह था थे थी हो गया साथ बाद जो अपने कहा" },
	{ SCRIPT_DEVANAGARI, "ne", "nepali", "ne",
	  "र छ को मा ले का पनि यो भएको गरेको गर्न हो एक लागि तथा छन् भने सहित "
	  "बताए थियो हुने गरी तर नै यस" },
	{ SCRIPT_DEVANAGARI, "mr", NULL, "mr",
	  "आहे आणि या व च्या की हे ते होते होता नाही केला केली तर मात्र यांनी "
	  "असून असे त्यांनी करण्यात आले" },

	{ SCRIPT_HEBREW, "he", NULL, "he",
	  "של את על לא הוא זה עם גם כי היא אל אבל או יש אם היה כל מה אני זו "
	  "הם לאחר בין" },
	{ SCRIPT_HEBREW, "yi", "yiddish", "yi",
	  "און די אין פון צו דער איז דאס מיט אַז נישט ניט האט פאר ער אויף זיך "
	  "וואס ווי אבער האבן דעם אן זענען" },

	{ SCRIPT_GREEK, "el", "greek", NULL, "" },
	{ SCRIPT_ARMENIAN, "hy", "armenian", NULL, "" },
	{ SCRIPT_TAMIL, "ta", "tamil", NULL, "" },
	{ SCRIPT_GEORGIAN, "ka", NULL, NULL, "" },
	{ SCRIPT_THAI, "th", NULL, NULL, "" },
	{ SCRIPT_HANGUL, "ko", NULL, NULL, "" },
	{ SCRIPT_KANA, "ja", NULL, NULL, "" },
	{ SCRIPT_HAN, "zh", NULL, NULL, "" },
	{ SCRIPT_BENGALI, "bn", NULL, NULL, "" },
};

const size_t tongues_count = sizeof(tongues) / sizeof(*tongues);

_Static_assert(sizeof(tongues) / sizeof(*tongues) <= TONGUES_MAX, "a bit each");

static const struct {
	uint32_t first, last;
	enum script script;
} blocks[] = {
	{ 'A', 'Z', SCRIPT_LATIN },	   { 'a', 'z', SCRIPT_LATIN },
	{ 0xC0, 0x24F, SCRIPT_LATIN },	   { 0x370, 0x3FF, SCRIPT_GREEK },
	{ 0x400, 0x52F, SCRIPT_CYRILLIC }, { 0x531, 0x587, SCRIPT_ARMENIAN },
	{ 0x5D0, 0x5F2, SCRIPT_HEBREW },   { 0x620, 0x6FF, SCRIPT_ARABIC },
	{ 0x750, 0x77F, SCRIPT_ARABIC },   { 0x900, 0x963, SCRIPT_DEVANAGARI },
	{ 0x980, 0x9E5, SCRIPT_BENGALI },  { 0xB80, 0xBE5, SCRIPT_TAMIL },
	{ 0xE01, 0xE4E, SCRIPT_THAI },	   { 0x10A0, 0x10FF, SCRIPT_GEORGIAN },
	{ 0x1E00, 0x1EFF, SCRIPT_LATIN },  { 0x1F00, 0x1FFF, SCRIPT_GREEK },
	{ 0x3041, 0x30FF, SCRIPT_KANA },   { 0x3400, 0x9FFF, SCRIPT_HAN },
	{ 0xAC00, 0xD7A3, SCRIPT_HANGUL }, { 0x20000, 0x3FFFD, SCRIPT_HAN },
};

enum script script_of(uint32_t cp)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++)
		if (cp <= blocks[i].last)
			return cp >= blocks[i].first ? blocks[i].script
						     : SCRIPT_NONE;
	return SCRIPT_NONE;
}
