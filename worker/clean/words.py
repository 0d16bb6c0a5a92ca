"""Words and phrases that pages put around articles, by what they stand for: German and English in breadth, others in short.

A line is looked up whole (`PHRASES`), by its first two words or its first (`OPENINGS`), and word by word (`WORDS`): dictionary look-ups only.
"""

from __future__ import annotations


class Cue:
    """What a line's wording hints at: bits, several may hold. Plain ints: they are tested for every line of every page."""

    NAV = 1
    SHARE = 2
    COMMENT = 4
    COOKIE = 8
    NEWSLETTER = 16
    OFFER = 32  # subscriptions, logins, paywalls
    RELATED = 64
    AD = 128
    CREDIT = 256
    BYLINE = 512
    DATE = 1024
    LEGAL = 2048
    GALLERY = 4096
    VIDEO = 8192
    TAGS = 16384
    READING = 32768  # reading time, listen, print, font size: an article's tool bar
    LIVE = 65536


STRONG = (
    Cue.SHARE
    | Cue.COOKIE
    | Cue.NEWSLETTER
    | Cue.OFFER
    | Cue.RELATED
    | Cue.AD
    | Cue.LEGAL
    | Cue.GALLERY
    | Cue.TAGS
    | Cue.READING
)
"""Cues that are no part of running text in a short line."""

_PHRASES: dict[int, str] = {
    Cue.NAV: """
        menü|menu|home|startseite|start|suche|search|suchen|login|log in|sign in|anmelden|abmelden|registrieren|register|zum inhalt springen|zum hauptinhalt springen|zum inhalt
        skip to content|skip to main content|skip to navigation|jump to content|direkt zum inhalt|zur startseite|navigation|hauptnavigation|alle ressorts|ressorts|mehr|more|weiter|zurück|back|next|previous|nächste|vorherige|nach oben|back to top|to top|schließen|close|open|öffnen|show more|show less|load more|mehr laden|mehr anzeigen|mehr erfahren|learn more|see all|view all|alle anzeigen|alle artikel|übersicht|themen|topics|sections|categories|kategorien|archiv|archive|sitemap|kontakt|contact|contact us|über uns|about|about us|jobs|karriere|careers|presse|shop|store|apps|app|podcasts|podcast|videos|video|e-paper|epaper|wetter|weather|hilfe|help|faq|service|services|edition|english|deutsch|français|español|italiano|nederlands|português|polski|русский|toggle navigation|toggle menu|main menu|site search|accueil|inicio|početna|strona główna|forside|hjem|zoeken|rechercher|buscar|cerca|szukaj|suivant|siguiente|avanti|skip
        rss|rss feed|newsticker|ticker|live|schlagzeilen|headlines|politik|wirtschaft|sport|kultur|panorama|wissen|reise|auto|digital|gesundheit|meinung|lokales|regional|politics|business|sports|culture|opinion|world|health|science|technology|tech|entertainment|lifestyle|travel|style|money|local|national|international|news|nachrichten
        """,
    Cue.SHARE: """
        teilen|share|share this|share this article|share this story|share article|share on|artikel teilen|diesen artikel teilen|beitrag teilen|weitersagen|twittern|tweet|tweeten|tweet this|facebook|twitter|x|x.com|instagram|linkedin|xing|whatsapp|pinterest|reddit|telegram|threads|bluesky|mastodon|tiktok|youtube|flipboard|snapchat|messenger|pocket|e-mail|email|mail|per mail|per e-mail versenden|link kopieren|copy link|link kopiert|copied|drucken|print|merken|save|speichern|bookmark|merkliste|auf die merkliste|feedback|folgen|follow|follow us|folgen sie uns|folge uns|like|gefällt mir|pin|pin it|pin this|flip|email this|embed|einbetten|auf facebook teilen|auf twitter teilen|share on facebook|share on twitter|share via email|share on linkedin|send|senden|artikel drucken|artikel versenden|artikel merken|artikel senden|partager|compartir|condividi|delen|del|dela|jaa|podziel się|udostępnij|compartilhar|compartilhe|поделиться|поширити|sdílet|zdieľať|megosztás|distribuie|paylaş|κοινοποίηση|bagikan|chia sẻ|compartí|copy|share save|teilen merken|get link|kopier link|kopieren
        """,
    Cue.COMMENT: """
        kommentare|kommentar|comments|comment|kommentieren|kommentar schreiben|kommentar verfassen|kommentare anzeigen|kommentare lesen|leave a comment|leave a reply|post a comment|add a comment|write a comment|view comments|show comments|comments are closed|join the conversation|join the discussion|antworten|antwort|reply|diskutieren|jetzt kommentieren|jetzt mitdiskutieren|diskutieren sie mit|diskussion|forum|zum forum|leserkommentare|leserbriefe|beitrag melden|melden|report|schreiben sie einen kommentar|commentaires|commenter|comentarios|comentar|comentários|commenti|commenta|reacties|reageer|kommentarer|komentarze|skomentuj|komentáře|hozzászólások|комментарии|коментарі|коментари|yorumlar|kommentit|σχόλια|lost your password|notify me of new posts
        """,
    Cue.COOKIE: """
        cookies|cookie-einstellungen|cookie einstellungen|cookie settings|cookie policy|cookie preferences|manage cookies|alle akzeptieren|akzeptieren|accept all|accept|accept cookies|reject all|alle ablehnen|ablehnen|zustimmen|einverstanden|i agree|agree|got it|verstanden|datenschutzeinstellungen|privacy settings|manage preferences|einstellungen verwalten|privatsphäre-einstellungen|consent|tout accepter|aceptar|accetta|accepteren|we value your privacy|wir schätzen ihre privatsphäre
        """,
    Cue.NEWSLETTER: """
        newsletter|newsletters|unsere newsletter|our newsletters|newsletter abonnieren|newsletter bestellen|zum newsletter|jetzt anmelden|sign up|subscribe to our newsletter|get our newsletter|sign up for our newsletter|email address|e-mail-adresse|ihre e-mail-adresse|your email|your email address|enter your email|abonnieren|jetzt abonnieren|push-nachrichten|push|benachrichtigungen|notifications|inscrivez-vous|suscríbete|iscriviti|aanmelden|inscreva-se
        """,
    Cue.OFFER: """
        abo|abos|abonnement|abonnements|subscribe|subscribe now|subscription|subscriptions|jetzt testen|jetzt abo sichern|probeabo|digital-abo|zum angebot|angebote|weiterlesen mit|premium|plus|nur für abonnenten|subscribers only|subscriber only|for subscribers|exklusiv für abonnenten|jetzt weiterlesen|already a subscriber|bereits abonnent|bereits registriert|log in to continue|mein konto|my account|konto|account|profil|profile|abonnez-vous|s’abonner|suscribirse|abbonati|abonneren|assine|prenumerera|spenden|donate|unterstützen|support us|become a member|mitglied werden
        """,
    Cue.RELATED: """
        mehr zum thema|mehr dazu|mehr zu|mehr aus|mehr aus dem ressort|mehr lesen|lesen sie auch|lesen sie mehr|lies auch|lesetipp|lesetipps|auch interessant|das könnte sie auch interessieren|das könnte dich auch interessieren|das könnte ihnen auch gefallen|das könnte sie interessieren|das interessiert andere leser|interessant|ähnliche artikel|ähnliche beiträge|ähnliche themen|weitere artikel|weitere themen|weitere nachrichten|weitere meldungen|weitere beiträge|verwandte artikel|verwandte themen|passend zum thema|passende artikel|zum thema|zum weiterlesen|thema|meistgelesen|meistgelesene artikel|am meisten gelesen|meist gelesen|meistgeklickt|beliebt|beliebteste artikel|neueste artikel|neueste|neueste nachrichten|aktuelle nachrichten|aktuelles|aktuell|top-themen|topthemen|top-artikel|top news|top stories|top-news|empfehlungen|empfehlungen der redaktion|empfohlen|empfohlene artikel|unsere empfehlungen|leseempfehlung|leseempfehlungen|aus dem ressort|aus der redaktion|auch spannend|nicht verpassen|jetzt lesen|jetzt ansehen|vorheriger artikel|nächster artikel|externer inhalt|empfohlener redaktioneller inhalt|hintergrund|dossier|im fokus|siehe auch|zum artikel|ganzer artikel|related|related articles|related stories|related topics|related news|related posts|related content|related links|related coverage|related video|related videos|related story|related reading|more on this story|more on this topic|more on this|more from|more stories|more news|more like this|more coverage|more to read|read more|read next|read also|also read|also on|see also|see more|up next|most read|most popular|most viewed|most shared|most commented|popular|popular stories|popular posts|popular now|popular articles|trending|trending now|trending stories|trending topics|recommended|recommended for you|recommended stories|recommended articles|recommended reading|recent posts|recent articles|recent news|latest|latest news|latest stories|latest articles|latest posts|latest headlines|editor's picks|editors' picks|editor’s picks|editors’ picks|you may also like|you might also like|you may like|you might like|don't miss|don’t miss|must read|must reads|what to read next|in this story|in this article|in case you missed it|around the web|from the web|from around the web|sponsored links|sponsored content|paid content|promoted stories|further reading|next article|previous article|next story|previous story|breaking news|in other news|continue reading|today's top stories|the latest|lire aussi|à lire aussi|sur le même sujet|a lire aussi|les plus lus|articles liés|voir aussi|leer también|lea también|te puede interesar|más información|lo más leído|noticias relacionadas|más noticias|relacionados|leggi anche|potrebbe interessarti|ultime notizie|correlati|i più letti|lees ook|meest gelezen|gerelateerd|leia também|leia mais|mais lidas|veja também|notícias relacionadas|läs också|läs mer|mest läst|les også|mest lest|læs også|mest læste|lue myös|luetuimmat|czytaj także|czytaj też|czytaj więcej|zobacz także|zobacz też|najczęściej czytane|čtěte také|súvisiace|související|olvasta már|citește și|прочетете още|читайте также|читайте також|ещё по теме|по теме|ilgili haberler|διαβάστε επίσης|baca juga|đọc thêm|tin liên quan|povezane vijesti|pročitajte još
        """,
    Cue.AD: """
        anzeige|anzeigen|werbung|advertisement|advertisements|ad|ads|advertising|sponsored|gesponsert|promoted|promotion|- anzeige -|- werbung -|story continues below|story continues below advertisement|article continues below advertisement|continue reading the main story|scroll to continue|artikel wird nach der anzeige fortgesetzt|nach der werbung weiterlesen|anzeige anzeige|publicité|publicidad|pubblicità|advertentie|publicidade|reklama|annonse|annons|annonce|mainos|реклама|reklam|διαφήμιση|iklan|quảng cáo|partner|unsere partner|our partners|gutscheine|deals|vergleichsportal|produktvergleiche|in eigener sache
        """,
    Cue.CREDIT: """
        reuters|afp|dpa|apa|ap|getty|getty images|imago|picture alliance|picture-alliance|keystone|epa|ap photo|shutterstock|istock|istockphoto|adobe stock|fotolia|pixabay|unsplash|alamy|picturedesk.com|picturedesk|symbolbild|symbolfoto|archivbild|archivfoto|file photo|file image|stock image|screenshot|zvg|privat|leserreporter|reader photo|bloomberg|sipa|zuma|zuma press|tass|xinhua|anp|ansa|efe|lusa|pap|mti|ntb|tt|ritzau|belga|rex features|press association|pa|pa media|pa wire|handout|facebook screenshot|twitter screenshot|screenshot twitter|screenshot facebook|screenshot youtube|youtube screenshot|imago images|action press|mauritius images|depositphotos|wikimedia commons|wikimedia|public domain|courtesy photo|supplied|20 minuten|bild|foto|photo|image|images|bilder|fotos|photos|picture|caption|bildunterschrift|grafik|graphic|illustration|hide caption|toggle caption|enlarge|vergrößern|enlarge this image|bild vergrößern|bild in detailansicht öffnen|bild lightbox öffnen|quelle|source|credit|pixsell|hina|tanjug|beta|cover images|cordon press
        """,
    Cue.BYLINE: """
        redaktion|die redaktion|staff|staff reporter|staff writer|staff report|news desk|newsroom|editorial board|editor|autor|autorin|author|authors|autoren|über den autor|about the author|redakteur|redakteurin|korrespondent|correspondent|reporter|contributor|written by|text|von|by|par|por|di|door|av|af|przez|автор
        """,
    Cue.LEGAL: """
        impressum|imprint|datenschutz|datenschutzerklärung|privacy|privacy policy|privacy notice|privacy statement|agb|nutzungsbedingungen|terms|terms of use|terms of service|terms & conditions|terms and conditions|legal|legal notice|disclaimer|all rights reserved|alle rechte vorbehalten|copyright|netiquette|mediadaten|media kit|advertise|advertise with us|werben|widerruf|barrierefreiheit|accessibility|do not sell my personal information|do not sell my info|your privacy choices|ad choices|adchoices|redaktionelle richtlinien|jugendschutz|compliance|kündigen|abo kündigen|verträge hier kündigen|mentions légales|aviso legal|note legali|colofon|ochrana osobních údajů|regulamin
        """,
    Cue.GALLERY: """
        gehe zur galerie|zur galerie|zur bildergalerie|zur fotostrecke|galerie|bildergalerie|fotogalerie|fotostrecke|bilderstrecke|bildstrecke|gallery|photo gallery|view gallery|open gallery|image gallery|photos gallery|alle bilder|alle fotos|view all photos|all photos|slideshow|bilder anzeigen|galerie öffnen|mehr bilder|weitere bilder|in bildern|in pictures|photogalerie|galería|galleria fotografica|fotogaleria|fotogalería|fotogalerie anzeigen|start slideshow|zum durchklicken
        """,
    Cue.VIDEO: """
        play|pause|abspielen|play video|watch|watch video|watch now|watch live|video ansehen|video abspielen|jetzt ansehen|zum video|mute|unmute|stummschalten|fullscreen|vollbild|loading|wird geladen|lädt|volume|lautstärke|current time|duration|remaining time|livestream|replay|watch the video|videolänge
        """,
    Cue.TAGS: """
        tags|schlagworte|schlagwörter|stichwörter|stichworte|themen des artikels|themen in diesem artikel|mehr themen|keywords|filed under|topics in this article|story topics|explore more on these topics|mots-clés|etiquetas|temas|tagi|tag|etiketler|теги|topics:|sujets
        """,
    Cue.READING: """
        lesezeit|reading time|min read|vorlesen|anhören|artikel anhören|jetzt anhören|listen|listen to this article|listen to article|hören|vorlesen lassen|zusammenfassung|schriftgröße|font size|text size|ausdrucken|kopieren|artikel hören|inhalt|inhaltsverzeichnis|table of contents|text to speech|translate|gift article|give this article|gift this article|verschenken|artikel verschenken|artikel vorlesen
        """,
    Cue.LIVE: """
        liveticker|live-ticker|newsblog|live blog|live-blog|liveblog|live updates
        """,
}

_OPENINGS: dict[int, str] = {
    Cue.SHARE: "share this|share on|teilen auf|auf facebook|auf twitter|auf x|auf whatsapp|follow us|folgen sie|folge uns|follow on|tweet this|per whatsapp|via whatsapp|click to|klicken sie",
    Cue.COMMENT: "kommentar schreiben|leave a|post a|comments (|kommentare (|view comments|show comments|alle kommentare|join the|diskutieren sie|schreiben sie|log in|your comment|ihr kommentar|notify me",
    Cue.COOKIE: "externer inhalt|empfohlener externer|empfohlener redaktioneller|ich bin|bitte aktivieren|an dieser|diese website|diese webseite|this website|this site|we use|wir verwenden|wir nutzen|we and|by clicking|by continuing|durch die|um diesen|um dieses|an dieser|mit ihrer|please enable|bitte aktivieren",
    Cue.NEWSLETTER: "sign up|melden sie|abonnieren sie|bestellen sie|subscribe to|get the|get our|jetzt anmelden|erhalten sie|täglich die|receive the|stay up|bleiben sie|jeden morgen|delivered to|jetzt newsletter|verpassen sie|unser newsletter|join our|get breaking|nichts mehr",
    Cue.OFFER: "jetzt testen|jetzt abonnieren|sie haben|mit einem|weiterlesen mit|already a|bereits abonnent|subscribe now|start your|try for|unlock this|this article|dieser artikel|lesen sie diesen|sie möchten|become a|support our|noch kein|sie sind",
    Cue.RELATED: "über dieses|explore further|keep reading|more information|weiterführende links|links zum|podcast zum|video zum|alle folgen|noch mehr|mehr artikel|mehr nachrichten|mehr infos|alles über|weiteres zum|außerdem interessant|lesen sie|lesen auch|lies auch|lies mehr|mehr zum|mehr dazu|mehr zu|mehr aus|mehr über|mehr lesen|mehr von|mehr news|auch interessant|auch lesen|auch spannend|weitere artikel|weitere themen|weitere nachrichten|weitere news|weitere infos|weitere informationen|passend dazu|read more|read also|read next|also read|see also|more on|more from|more about|more stories|more news|related:|related stories|related articles|related content|watch:|read:|lesen:|lesetipp:|recommended for|you may|you might|don't miss|don’t miss|most read|most popular|meistgelesene artikel|das könnte|das interessiert|die ganze|zum artikel|hier geht|hier geht's|hier geht’s|hier lesen|hier finden|alle artikel|alle news|alle infos|alles zum|alle nachrichten|alle beiträge|lire aussi|à lire|lire la|voir aussi|leer también|lea también|lee también|le puede|te puede|ver más|leggi anche|lees ook|lees meer|leia também|leia mais|läs också|läs även|läs mer|les også|læs også|lue myös|czytaj także|czytaj też|czytaj również|zobacz także|zobacz również|čtěte také|přečtěte si|citește și|citiți și|прочетете още|читайте также|читайте також|διαβάστε επίσης|baca juga|pročitajte i|čitajte i|continue reading|next up|up next|read the|click here|für dich|für sie|unsere empfehlung|top stories|latest news|more like|zur startseite|zur themenseite|zur übersicht|zurück zur|zum thema|zum liveblog|lesen sie|see more|view more|this story|hintergrund:|video:|podcast:|interview:|analyse:|kommentar:",
    Cue.AD: "story continues|article continues|advertisement:|anzeige:|sponsored by|in partnership|paid for|presented by|unterstützt von|präsentiert von|scroll to|continue reading",
    Cue.CREDIT: "legende:|bildlegende:|im bild:|pictured:|open this|foto:|fotos:|bild:|bilder:|photo:|photos:|image:|images:|picture:|quelle:|source:|credit:|© |©|(c)|symbolbild:|grafik:|illustration:|photograph:|photo by|image by|foto von|bild von|photo credit|image credit|image caption|image source|courtesy of|file photo|foto ©|bild ©|screenshot:|foto,|video:|crédit|crédito|foto av|foto van|zdroj:|fot.|фото:|valokuva:|kép:",
    Cue.BYLINE: "von:|by:|autor:|autorin:|text:|author:|written by|posted by|published by|reported by|reporting by|editing by|additional reporting|ein beitrag|ein gastbeitrag|ein kommentar|eine analyse|ein interview|kolumne von|kommentar von|interview von|analyse von|das gespräch|das interview|interview by|protokoll von|protokoll:|aufgezeichnet von|par:|por:|di:|redaktion:|edited by|redigiert von|story by|report by|aus dem|übersetzt von|übersetzung:|translated by|opinion by|analysis by|about the|über den|über die",
    Cue.DATE: "stand:|stand |aktualisiert:|aktualisiert am|zuletzt aktualisiert|letzte aktualisierung|veröffentlicht:|veröffentlicht am|erstellt am|erstellt:|erschienen am|publiziert:|publiziert am|updated:|updated on|updated at|last updated|last modified|published:|published on|published at|posted on|posted at|first published|date:|datum:|publié le|mis à|publicado el|publicado em|atualizado em|actualizado el|pubblicato il|aggiornato il|gepubliceerd op|publicerad|publisert|udgivet|opublikowano|vydáno|опубликовано|created:|am |vor ",
    Cue.LEGAL: "© 20|©20|© 19|copyright ©|copyright 20|(c) 20|alle rechte|all rights|all content|all material|bitte beachten|this material|die inhalte|reproduction of|nachdruck",
    Cue.GALLERY: "gehe zur|zur galerie|zur bildergalerie|zur fotostrecke|bildergalerie:|fotostrecke:|galerie:|fotogalerie:|gallery:|photo gallery|in pictures:|in bildern:|alle bilder|alle fotos|view gallery|foto 1|bild 1|image 1|photo 1|slide 1",
    Cue.VIDEO: "watch video|play video|video ansehen|im video:|video:|watch now|this video|dieses video|now playing|jetzt im",
    Cue.TAGS: "tags:|tag:|schlagworte:|schlagwörter:|stichwörter:|filed under|filed to|themen:|topics:|keywords:|temas:|etiquetas:|tagi:|mots-clés|in this|posted in|rubrik:|kategorie:|category:|categories:",
    Cue.READING: "lesedauer:|min. lesezeit|minuten lesezeit|min read|minute read|estimated reading|lesezeit:|lesezeit |reading time|listen to|artikel anhören|audio:|dauer:|vorlesen",
}

_WORDS: dict[int, str] = {
    Cue.SHARE: "facebook twitter whatsapp instagram linkedin pinterest telegram teilen share tweet reddit xing tiktok snapchat flipboard tumblr",
    Cue.COMMENT: "kommentare kommentar comments comment kommentieren reply commentaires comentarios commenti reacties kommentarer komentarze",
    Cue.COOKIE: "cookies cookie tracking consent einwilligung adblocker ad-blocker javascript browser datenschutzeinstellungen",
    Cue.NEWSLETTER: "newsletter newsletters posteingang inbox e-mail-adresse signup push-benachrichtigungen newsletter-anmeldung",
    Cue.OFFER: "abo abonnement abonnieren subscribe subscriber subscribers subscription abonnenten probeabo premium login digitalabo digital-abo e-paper epaper einloggen registrieren gutschein gutscheine testen kostenlos gratis",
    Cue.RELATED: "meistgelesen meistgelesene trending related recommended weiterlesen lesetipp",
    Cue.AD: "anzeige werbung advertisement sponsored affiliate werbefrei",
    Cue.CREDIT: "foto fotos photo photos getty reuters afp dpa apa imago keystone shutterstock istock istockphoto symbolbild archivbild symbolfoto archivfoto picturedesk unsplash pixabay fotolia epa epa-efe picture-alliance photograph photographer fotografie handout alamy zuma",
    Cue.BYLINE: "von by redaktion redakteur redakteurin korrespondent korrespondentin correspondent reporter autor autorin author editor staff",
    Cue.DATE: "januar februar märz april mai juni juli august september oktober november dezember jänner january february march may june july october december jan feb mar apr jun jul aug sep sept okt oct nov dez dec uhr am pm a.m. p.m. gmt utc est edt bst cet ago montag dienstag mittwoch donnerstag freitag samstag sonntag monday tuesday wednesday thursday friday saturday sunday aktualisiert updated veröffentlicht published posted stand janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre",
    Cue.LEGAL: "impressum datenschutz agb nutzungsbedingungen copyright privacy terms imprint rights reserved datenschutzerklärung widerruf mediadaten netiquette",
    Cue.GALLERY: "galerie bildergalerie fotostrecke gallery slideshow fotogalerie bilder",
    Cue.VIDEO: "video videos playback livestream",
    Cue.READING: "lesezeit vorlesen anhören drucken merken minuten min mins",
}


def _phrases() -> dict[str, int]:
    found: dict[str, int] = {}
    for cue, text in _PHRASES.items():
        for phrase in text.replace("\n", "|").split("|"):
            phrase = phrase.strip().strip(":")
            if phrase:
                found[phrase] = found.get(phrase, 0) | cue
    return found


def _openings() -> dict[str, int]:
    found: dict[str, int] = {}
    for cue, text in _OPENINGS.items():
        for phrase in text.split("|"):
            phrase = phrase.strip()
            for form in {phrase, phrase.rstrip(":") + ":"}:
                found[form] = found.get(form, 0) | cue
    return found


def _words() -> dict[str, int]:
    found: dict[str, int] = {}
    for cue, text in _WORDS.items():
        for word in text.split():
            for form in (word, word + ":", word + ",", word + ".", word + ")", "(" + word, "(" + word + ")"):
                found[form] = found.get(form, 0) | cue
    return found


PHRASES = _phrases()
OPENINGS = _openings()
WORDS = _words()
WORD_FORMS = frozenset(WORDS)
