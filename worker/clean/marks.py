"""What the class, id and role names of a page say of a block: a word list, not a list of sites.

Use `read` with the attributes of a tag, `read_all` with those of many: the answer is a bit set of the constants below.
"""

import re
from collections.abc import Set

BODY = 1  # the text of the article
LEAD = 2  # its standfirst
CAPTION = 4  # caption or credit of a picture
TEASER = 8  # other stories: related, recommended, most read
SHARE = 16  # share, follow, print, save
COMMENT = 32
OFFER = 64  # newsletter, subscription, advertisement, donation, app
NAV = 128  # navigation, bread crumbs, tags, pages
BYLINE = 256  # author, about the author
DATE = 512
HIDDEN = 1024  # not shown: dialogs, templates, texts for screen readers only
NOTICE = 2048  # cookie and legal notices
ASIDE = 4096  # side boxes of any kind
TITLE = 8192
WIDGET = 16384  # players, embeds, polls, tools
SECTION = 32768  # kicker, rubric
HEADER = 65536
FOOTER = 131072
GALLERY = 262144
PAYWALL = 524288
LIVE = 1048576
OVERLAY = 2097152  # dialogs and what lies over the page
GONE = 4194304  # not shown, as the page itself states beside HIDDEN

JUNK = TEASER | SHARE | COMMENT | OFFER | NAV | HIDDEN | NOTICE | ASIDE | WIDGET | FOOTER | OVERLAY
META = BYLINE | DATE | SECTION

#: Words of class and id names; with a hyphen, two neighbouring words ("entry-content", "entryContent", "entry__content").
_WORDS: dict[int, str] = {
    BODY: "articlebody storybody bodytext maintext textbody articletext articlecontent storycontent storytext richtext "
    "entrycontent postcontent postbody newstext paragraph paragraphs fulltext wysiwyg prose article-body "
    "article-content article-text story-body story-content story-text entry-content post-content post-body "
    "post-text body-text body-content main-content main-text rich-text content-body text-body page-content "
    "article-paragraph article-copy body-copy content-text news-content news-text single-content blog-content "
    "content-article article-main field-body td-post",
    LEAD: "lead lede leadtext standfirst dek deck subhead subheadline subtitle intro introduction excerpt synopsis sapo "
    "chapo chapeau vorspann anriss perex entradilla ingress manchet bajada abstract articlelead teasertext "
    "article-intro article-summary article-lead article-description sub-title sub-headline article-subtitle "
    "article-teaser post-excerpt entry-summary lead-text lead-paragraph story-summary header-teaser "
    "entry-subtitle",
    CAPTION: "caption captions figcaption credit credits bildunterschrift legende copyright photocredit imagecaption "
    "imagecredit bildtext bildnachweis photographer wpcaption cutline lead-image image-caption photo-credit "
    "image-credit wp-caption image-copyright media-caption image-description picture-description photo-caption",
    TEASER: "related relatedlinks relatedarticles relatedposts relatedcontent recommended recommendation recommendations "
    "teaser teasers teaserlist promo promos promoted mostread popular trending readmore readnext upnext morefrom "
    "seealso outbrain taboola lesetipp weiterlesen recirc recirculation recirculated similar morenews topstories "
    "linkbox interstitial crosslink crosslinks readalso onward moreon zergnet plista nativendo suggested "
    "suggestions jplist ligatus mehrzum read-more read-also read-next most-read most-popular more-from more-on "
    "more-news more-stories more-articles up-next next-article see-also top-stories latest-news latest-posts "
    "recent-posts article-list news-list you-may also-like link-list inline-related story-package further-reading "
    "recommended-articles",
    SHARE: "share sharing shares sharebar sharebuttons social socials socialshare socialmedia sharedaddy addthis "
    "addtoany shariff sharethis follow print teilen twitterbutton likes like reactions bookmark",
    COMMENT: "comment comments commentlist disqus respond commentform kommentar kommentare comentarios commentaires "
    "discussion conversation forum userposts talkback reply replies",
    OFFER: "newsletter newsletters subscribe subscription subscriptions signup ad ads adv advert adverts advertising "
    "advertisement adbox adslot sponsor sponsored sponsors werbung anzeige anzeigen reklame banner donate "
    "donation membership abo marketing optin leadgen mailchimp mailinglist cta callout offer offers affiliate "
    "commerce premiumbox adsense dfp gpt optinmonster convertkit mc4wp hellobar sign-up ad-container",
    NAV: "nav navbar navigation navi menu menus breadcrumb breadcrumbs pagination pager paging tags taglist tagcloud "
    "tagged categories toolbar tabs sitemap skip skiplink toc tableofcontents topics postnav keywords hashtags "
    "jumplink table-of of-contents tag-list post-tags entry-footer post-navigation site-header global-header",
    BYLINE: "byline author authors autor autoren authorinfo authorbox authorbio bio about writer vcard autorenbox profile "
    "postmeta entrymeta signature contributors contributor articlemeta about-author author-bio author-box "
    "author-info post-meta entry-meta article-meta",
    DATE: "date datetime dateline timestamp time published pubdate updated publish datum publishdate",
    HIDDEN: "hidden hide sr screenreader visuallyhidden invisible offscreen noprint sr-only screen-reader "
    "visually-hidden display-none d-none u-hidden",
    OVERLAY: "modal popup overlay lightbox dialog tooltip dropdown offcanvas",
    NOTICE: "cookie cookies consent gdpr privacy disclaimer copyrightnotice legal onetrust impressum rights",
    ASIDE: "sidebar rail aside sidecol rightcol leftcol marginal marginalia sidebox rightrail author-bio "
    "author-box side-bar right-column right-rail info-box fact-box",
    TITLE: "headline title heading articletitle entrytitle posttitle article-title entry-title post-title",
    WIDGET: "player jwplayer embed embeds twitter tweet instagram poll quiz calculator map weather stockticker "
    "video audio livestream podcast iframe slideshow videoplayer feedback survey rating ratings listen tts",
    SECTION: "kicker rubric rubrik ressort section category overline dachzeile topline eyebrow pretitle roofline "
    "spitzmarke",
    HEADER: "header masthead article-header page-header site-header global-header",
    FOOTER: "footer bottombar colophon pagefooter entry-footer post-footer article-footer site-footer page-footer",
    GALLERY: "gallery galleries slider carousel slick swiper bildergalerie fotostrecke galerie slides slide lightgallery "
    "image-gallery photo-gallery picture-gallery",
    PAYWALL: "paywall piano premium regwall pay-wall",
    LIVE: "liveblog liveticker ticker livefeed live-blog live-ticker",
}


def _meanings() -> dict[str, tuple[int, dict[str, int]]]:
    """Of each word its own bits, and those that it carries behind another word."""
    found: dict[str, tuple[int, dict[str, int]]] = {}
    for bit, words in _WORDS.items():
        for word in words.split():
            before, _, last = word.rpartition("-")
            own, behind = found.get(last, (0, {}))
            if before:
                behind[before] = behind.get(before, 0) | bit
            else:
                own |= bit
            found[last] = own, behind
    return found


_MEANING = _meanings()
_TOKEN = re.compile(r"[a-z]+|[A-Z](?:[a-z]+|[A-Z]*)|\s")
"""A word of a name, or what parts two names."""
_LONGEST_NAMES = 600  # characters
_ATTRIBUTE = re.compile(
    r"\b(class|id|itemprop|role|data-testid|data-component|aria-hidden|hidden|style)\b"
    r"""(?:\s{0,3}=\s{0,3}(?:"([^"]{0,600})|'([^']{0,600})|([^\s"'>]{1,200})))?"""
)
_ITEMPROP = {
    "articlebody": BODY,
    "description": LEAD,
    "author": BYLINE,
    "datepublished": DATE,
    "datemodified": DATE,
    "headline": TITLE,
    "caption": CAPTION,
    "comment": COMMENT,
    "articlesection": SECTION,
    "alternativeheadline": LEAD,
    "copyrightholder": CAPTION,
    "copyrightnotice": CAPTION,
}
_ROLE = {
    "navigation": NAV,
    "complementary": ASIDE,
    "banner": HEADER,
    "contentinfo": FOOTER,
    "search": NAV,
    "dialog": OVERLAY,
    "alertdialog": OVERLAY,
    "menu": NAV,
    "menubar": NAV,
    "toolbar": SHARE,
    "tooltip": OVERLAY,
}


#: "hidden" in a name that hides nothing, or only on some screens and on paper.
_NOT_HIDDEN = re.compile(
    r"(?:overflow|label|backface)[-_:]{1,2}(?:[xy]-)?hidden|[\w-]{1,20}:hidden|hidden-[a-z][\w-]{0,20}"
)
_SHOWN_AGAIN = re.compile(r"(?::|-(?:sm|md|lg|xl|xxl)-)(?:block|flex|grid|inline)")


_TAB = re.compile(r"(?i:(?<![a-z])tabs?(?![a-z])|tab-?(?:pane|content))")
"""A part of the page that a click shows in place of another."""


def _of_names(names: str) -> int:
    """The bits that the words of a class or id attribute carry."""
    if "hentry" in names or "type-post" in names:
        return 0  # a blog post's element carries its topics and settings as classes
    if "hidden" in names:
        names = _NOT_HIDDEN.sub(" ", names)
    words = _TOKEN.findall(names)
    if not names.islower():
        words = [word.lower() for word in words]
    bits = _of_words(words)
    return bits & ~HIDDEN if bits & HIDDEN and _SHOWN_AGAIN.search(names) else bits


def _of_words(words: list[str]) -> int:
    bits = 0
    before = ""
    for word in words:
        if (meaning := _MEANING.get(word)) is not None:
            own, behind = meaning
            bits |= own
            if before in behind:
                bits |= behind[before]
        before = word
    return bits


_MOST_KNOWN = 16_384
_LONGEST_KNOWN = 1000  # characters
_known: dict[str, int] = {}
"""What attributes carry, as read before: pages repeat theirs, and so do sites."""


def read(attributes: str) -> int:
    """The bits that the attributes of one tag carry."""
    bits = _known.get(attributes)
    return _remembered(attributes, _read(attributes)) if bits is None else bits


def _remembered(attributes: str, bits: int) -> int:
    if len(attributes) <= _LONGEST_KNOWN:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[attributes] = bits
    return bits


#: To the words of names in small letters: those apart, and a capital where one name ends.
_APART = {i: chr(i) if chr(i).islower() else " " if chr(i).isspace() else "-" for i in range(128)} | {ord("A"): "A"}


def read_all(stated: Set[str]) -> dict[str, int]:
    """The bits that the attributes of each of many tags carry: nearly all have plain names, which are read at once."""
    found: dict[str, int] = {}
    plain: list[str] = []
    values: list[str] = []
    for attributes in stated:
        if (bits := _known.get(attributes)) is not None:
            found[attributes] = bits
            continue
        names = " ".join(_names(attributes) or ())
        if names.islower() and names.isascii() and not ("hidden" in names or "hentry" in names or "type-post" in names):
            plain.append(attributes)
            values.append(names)
        else:
            found[attributes] = _remembered(attributes, _read(attributes))
    words = "A".join(values).translate(_APART).replace(" ", "-B-").replace("-", " ").split("A")
    for attributes, value in zip(plain, words, strict=False):
        bits = _of_words(value.split())
        found[attributes] = _remembered(attributes, _read(attributes) if bits & HIDDEN else bits)
    return found


def _names(attributes: str) -> list[str] | None:
    """The class and the id of a tag; None where another attribute may tell something."""
    if attributes.startswith(' class="') and attributes.find('"', 8) == len(attributes) - 1 < _LONGEST_NAMES:
        return [attributes[8:-1]]  # nearly every tag
    if (
        "style" in attributes
        or "role" in attributes
        or "hidden" in attributes
        or "itemprop" in attributes
        or "data-testid" in attributes
        or "data-component" in attributes
        or ("class" in attributes and 'class="' not in attributes)
    ):
        return None
    names = []
    for name in ('class="', 'id="'):
        start = attributes.find(name)
        if start >= 0:
            start += len(name)
            names.append(attributes[start : attributes.find('"', start)][:_LONGEST_NAMES])
    return names


def _read(attributes: str) -> int:
    bits = 0
    if (plain := _names(attributes)) is not None:
        for names in plain:
            bits |= _of_names(names)
        return bits
    for name, double, single, bare in _ATTRIBUTE.findall(attributes):
        value = double or single or bare
        if name == "class" or name == "id" or name[:5] == "data-":
            bits |= _of_names(value)
        elif name == "itemprop":
            for word in value.lower().split():
                bits |= _ITEMPROP.get(word, 0)
        elif name == "role":
            bits |= _ROLE.get(value.lower(), 0)
        elif name == "style":
            squeezed = value.replace(" ", "").lower()
            if "display:none" in squeezed or "visibility:hidden" in squeezed:
                bits |= HIDDEN | GONE
        elif name == "hidden":
            bits |= HIDDEN | GONE
        elif value == "true":
            bits |= HIDDEN
    return bits & ~GONE if bits & GONE and _TAB.search(attributes) else bits
