"""Month names of some fifty languages: word -> month number. Use it to read a date written with a month's name.

The names are those of the Unicode CLDR (wide and abbreviated, formatting and stand-alone forms; Unicode License v3),
case-folded, with Austrian and unaccented spellings added. Two Slavic traditions give the same word to different
months: see `CROATIAN`.
"""

_NAMES = {
    1: (
        "ean eanáir ene enero gen gener gennaio ian ianuarie jaan jaanuar jan janar janeiro januar januari "
        "januarie january január januára janv janvier janvāris janúar jän jänner led leden ledna oca ocak saus "
        "sausio sausis sij siječanj siječnja sty styczeń stycznia tammi tammikuu tammikuuta urt urtarrila xan "
        "xaneiro yan yanvar ιαν ιανουάριοσ ιανουαρίου січ січень січня янв январь января яну януари јан јануар "
        "јануари қаң қаңтар հնվ հունվար հունվարի ינואר ינו׳ جانفي جنوری يناير ژانویه ژانویهٔ जनवरी जन॰ जाने "
        "जानेवारी জানু জানুয়ারী ஜன ஜனவரி జన జనవరి ม.ค มกราคม იან იანვარი"
    ),
    2: (
        "feabh feabhra feb febbraio feber febr febreiro febrer febrero februar februari februarie february "
        "február februára februāris febrúar fev fevereiro fevral fevrier févr février helmi helmikuu helmikuuta "
        "lut lutego luty ots otsaila peb pebrero shk shkurt vas vasario vasaris veebr veebruar velj veljača "
        "veljače úno únor února şub şubat φεβ φεβρουάριοσ φεβρουαρίου ақп ақпан лют лютий лютого феб фебруар фев "
        "февр февраль февраля февруари փետրվար փետրվարի փտվ פברואר פבר׳ شباط فبراير فروری فوریه فوریهٔ فيفري "
        "फ़रवरी फ़र॰ फेब्रु फेब्रुवारी ফেব ফেব্রুয়ারী பிப் பிப்ரவரி ఫిబ్ర ఫిబ్రవరి ก.พ กุมภาพันธ์ თებ თებერვალი"
    ),
    3: (
        "bře březen března kov kovas kovo maalis maaliskuu maaliskuuta maart mac machi mar marca march marec "
        "maret mars marso mart martie marts martxoa marzec marzo març março mrt márc március márta mär märts märz "
        "ožu ožujak ožujka μάρ μάρτιοσ μαρ μαρτίου бер березень березня мар март марта нау наурыз մարտ մարտի մրտ "
        "מרץ آذار مارس مارچ मार्च মার্চ மார் மார்ச் మార్చి มี.ค มีนาคม მარ მარტი"
    ),
    4: (
        "abr abril aib aibreán api apirila apr aprel april aprile aprili aprilie aprill apríl apríla aprīlis avr "
        "avril bal balandis balandžio dub duben dubna d’abr d’abril huhti huhtikuu huhtikuuta kwi kwiecień "
        "kwietnia nis nisan pri prill tra travanj travnja ápr április απρ απρίλιοσ απριλίου апр апрель апреля "
        "април квіт квітень квітня сәу сәуір ապր ապրիլ ապրիլի אפריל אפר׳ آوریل أبريل أفريل اپریل نيسان अप्रैल "
        "एप्रि एप्रिल এপ্রি এপ্রিল ஏப் ஏப்ரல் ఏప్రి ఏప్రిల్ เม.ย เมษายน აპრ აპრილი"
    ),
    5: (
        "beal bealtaine geg gegužė gegužės kvě květen května mag maggio mai maiatza maig maijs maio maj maja may "
        "mayo mayıs maí mei máj mája május svi svibanj svibnja touko toukokuu toukokuuta μάι μάιοσ μαΐ μαΐου "
        "май мам мамыр мая мај трав травень травня մայիս մայիսի մյս מאי أيار مئی ماي مايو مه مهٔ मई मे মে மே మే "
        "พ.ค พฤษภาคม მაი მაისი"
    ),
    6: (
        "birž birželio birželis cze czerwca czerwiec eka ekaina giu giugno haz haziran hun hunyo iun iunie iyn "
        "iyun juin jun june junho juni junie junij junio juny juuni jún júna június júní jūn jūnijs kesä kesäkuu "
        "kesäkuuta lipanj lipnja meith meitheamh qer qershor xuño červen června čvn ιουν ιουνίου ιούν ιούνιοσ июн "
        "июнь июня мау маусым черв червень червня юни јун јуни հնս հունիս հունիսի יוני جوان جون حزيران يونيو ژوئن "
        "जून জুন ஜூன் జూన్ มิ.ย มิถุนายน ივნ ივნისი"
    ),
    7: (
        "heinä heinäkuu heinäkuuta hul hulyo iul iulie iyl iyul iúil juil juillet jul julai julho juli julie "
        "julij julio juliol july juuli júl júla július júlí jūl jūlijs korr korrik liep liepa liepos lipca lipiec "
        "lug luglio srpanj srpnja tem temmuz uzt uztaila xul xullo července červenec čvc ιουλ ιουλίου ιούλ "
        "ιούλιοσ июл июль июля лип липень липня шіл шілде юли јул јули հլս հուլիս հուլիսի יולי تموز جولائی جويلية "
        "يوليو ژوئیه ژوئیهٔ जुलाई जुलै जुल॰ জুল জুলাই ஜூலை జులై ก.ค กรกฎาคม ივლ ივლისი"
    ),
    8: (
        "abu abuztua ag ago agost agosti agosto agu agustus aout août aug august augusta augusti augusts augustus "
        "augusztus avg avgust avq avqust ağu ağustos d’ag d’agost elo elokuu elokuuta gush gusht kol kolovoz "
        "kolovoza lún lúnasa ogo ogos rugp rugpjūtis rugpjūčio sie sierpień sierpnia srpen srpna ágú ágúst αυγ "
        "αυγούστου αύγ αύγουστοσ авг август августа серп серпень серпня там тамыз օգոստոս օգոստոսի օգս אוגוסט "
        "אוג׳ آب أغسطس أوت اوت اگست अगस्त अग॰ ऑग ऑगस्ट আগ আগস্ট ஆக ஆகஸ்ட் ఆగ ఆగస్టు ส.ค สิงหาคม აგვ აგვისტო"
    ),
    9: (
        "eyl eylül ira iraila mfómh rugs rugsėjis rugsėjo ruj rujan rujna sen sentyabr sep sept septemba "
        "september septembra septembre septembrie septembris septiembre set setembre setembro setiembre settembre "
        "setyembre sht shtator syys syyskuu syyskuuta szept szeptember wrz wrzesień września zář září σεπ "
        "σεπτέμβριοσ σεπτεμβρίου вер вересень вересня сент сентябрь сентября сеп септембар септември қыр қыркүйек "
        "սեպ սեպտեմբեր սեպտեմբերի ספטמבר ספט׳ أيلول سبتمبر ستمبر سپتامبر सप्टें सप्टेंबर सितंबर सित॰ সেপ "
        "সেপ্টেম্বর செப் செப்டம்பர் సెప్టెం సెప్టెంబర్ ก.ย กันยายน სექ სექტემბერი"
    ),
    10: (
        "dfómh d’oct d’octubre eki ekim loka lokakuu lokakuuta oct october octobre octombrie octubre okt oktoba "
        "oktober oktobris oktoober oktubre oktyabr október októbra ott ottobre out outubro paź październik "
        "października spal spalio spalis tet tetor urr urria říj říjen října οκτ οκτωβρίου οκτώβριοσ жовт жовтень "
        "жовтня окт октобар октомври октябрь октября қаз қазан հոկ հոկտեմբեր հոկտեմբերի אוקטובר אוק׳ أكتوبر اکتبر "
        "اکتوبر अक्टूबर अक्टू॰ ऑक्टो ऑक्टोबर অক্টো অক্টোবর அக் அக்டோபர் అక్టో అక్టోబర్ ต.ค ตุลาคม ოქტ ოქტომბერი"
    ),
    11: (
        "aza azaroa kas kasım lapkr lapkritis lapkričio listopadu marras marraskuu marraskuuta nob nobyembre "
        "noiembrie nov novemba november novembra novembre novembris novembro noviembre noy noyabr nën nëntor nóv "
        "nóvember samh samhain stu studeni studenoga νοέ νοέμβριοσ νοε νοεμβρίου лист листопад листопада нов "
        "новембар ное ноември нояб ноябрь ноября қар қараша նոյ նոյեմբեր նոյեմբերի נובמבר נוב׳ نوامبر نوفمبر "
        "نومبر नवंबर नव॰ नोव्हें नोव्हेंबर নভে নভেম্বর நவ நவம்பர் నవం నవంబర్ พ.ย พฤศจิกายน ნოე ნოემბერი"
    ),
    12: (
        "abe abendua ara aralık dec december decembra decembre decembrie decembris decembro dek dekabr des "
        "desemba desember desembre dets detsember dez dezember dezembro dhj dhjetor dic dicembre diciembre dis "
        "disember disyembre déc décembre gru grudnia grudzień gruod gruodis gruodžio joulu joulukuu joulukuuta "
        "noll nollaig pro prosinac prosinca prosince prosinec δεκ δεκέμβριοσ δεκεμβρίου груд грудень грудня дек "
        "декабрь декабря декември дец децембар жел желтоқсан դեկ դեկտեմբեր դեկտեմբերի דצמבר דצמ׳ دسامبر دسمبر "
        "ديسمبر डिसें डिसेंबर दिसंबर दिस॰ ডিসে ডিসেম্বর டிச டிசம்பர் డిసెం డిసెంబర్ ธ.ค ธันวาคม დეკ დეკემბერი"
    ),
}
MONTHS: dict[str, int] = {word: month for month, words in _NAMES.items() for word in words.split()}
#: Croatian reads these words one month earlier than Czech and Polish do.
CROATIAN: dict[str, int] = {"listopad": 10, "listopada": 10, "lis": 10, "lip": 6, "srp": 7}
MONTHS.update({"listopad": 11, "listopada": 11, "lis": 11, "lip": 7, "srp": 8})
MONTHS.update({"ב" + word: month for word, month in MONTHS.items() if "א" <= word[0] <= "ת"})
"""In Hebrew the day's "in" is written with the month."""
