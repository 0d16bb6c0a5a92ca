"""What the class, id and role names of a page say of a block: a word list, not a list of sites.

Use `read` with the attributes of a tag; the answer is a bit set of the constants below.
"""

import re
from functools import lru_cache

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

JUNK = TEASER | SHARE | COMMENT | OFFER | NAV | HIDDEN | NOTICE | ASIDE | WIDGET | FOOTER
META = BYLINE | DATE | SECTION

_WORDS: dict[int, str] = {
    BODY: "articlebody storybody bodytext maintext textbody articletext articlecontent storycontent storytext "
    "richtext entrycontent "
    "postcontent postbody newstext paragraph paragraphs fulltext wysiwyg prose",
    LEAD: "lead lede leadtext standfirst dek deck subhead subheadline subtitle intro introduction excerpt synopsis "
    "sapo chapo chapeau "
    "vorspann anriss perex entradilla ingress manchet bajada abstract articlelead teasertext",
    CAPTION: "caption captions figcaption credit credits bildunterschrift legende copyright photocredit imagecaption "
    "imagecredit "
    "bildtext bildnachweis photographer wpcaption cutline",
    TEASER: "related relatedlinks relatedarticles relatedposts relatedcontent recommended recommendation "
    "recommendations teaser "
    "teasers teaserlist promo promos promoted mostread popular trending readmore readnext upnext morefrom seealso "
    "outbrain taboola "
    "lesetipp weiterlesen recirc recirculation recirculated similar morenews topstories linkbox interstitial "
    "crosslink crosslinks "
    "readalso onward moreon zergnet plista nativendo suggested suggestions jplist ligatus mehrzum",
    SHARE: "share sharing shares sharebar sharebuttons social socials socialshare socialmedia sharedaddy addthis "
    "addtoany shariff "
    "sharethis follow print teilen twitterbutton likes like reactions bookmark",
    COMMENT: "comment comments commentlist disqus respond commentform kommentar kommentare comentarios commentaires "
    "discussion "
    "conversation forum userposts talkback reply replies",
    OFFER: "newsletter newsletters subscribe subscription subscriptions signup ad ads adv advert adverts advertising "
    "advertisement adbox adslot sponsor sponsored sponsors werbung anzeige anzeigen reklame banner donate donation "
    "membership abo "
    "marketing optin leadgen mailchimp mailinglist cta callout offer offers affiliate commerce premiumbox adsense "
    "dfp gpt optinmonster "
    "convertkit mc4wp hellobar",
    NAV: "nav navbar navigation navi menu menus breadcrumb breadcrumbs pagination pager paging tags taglist tagcloud "
    "tagged "
    "categories toolbar tabs sitemap skip skiplink toc tableofcontents topics postnav keywords hashtags jumplink",
    BYLINE: "byline author authors autor autoren authorinfo authorbox authorbio bio about writer vcard autorenbox "
    "profile "
    "postmeta entrymeta signature contributors contributor articlemeta",
    DATE: "date datetime dateline timestamp time published pubdate updated publish datum publishdate",
    HIDDEN: "hidden hide sr screenreader visuallyhidden invisible modal popup overlay lightbox dialog tooltip "
    "dropdown offscreen "
    "noprint offcanvas screen-reader",
    NOTICE: "cookie cookies consent gdpr privacy disclaimer copyrightnotice legal onetrust impressum rights",
    ASIDE: "sidebar rail aside sidecol rightcol leftcol widget widgets marginal marginalia sidebox rightrail",
    TITLE: "headline title heading articletitle entrytitle posttitle",
    WIDGET: "player jwplayer embed embeds twitter tweet instagram poll quiz calculator map weather quote stockticker "
    "video audio "
    "livestream podcast iframe slideshow videoplayer feedback survey rating ratings listen tts",
    SECTION: "kicker rubric rubrik ressort section category overline dachzeile topline eyebrow pretitle roofline "
    "spitzmarke",
    HEADER: "header masthead",
    FOOTER: "footer bottombar colophon pagefooter",
    GALLERY: "gallery galleries slider carousel slick swiper bildergalerie fotostrecke galerie slides slide "
    "lightgallery",
    PAYWALL: "paywall piano premium regwall",
    LIVE: "liveblog liveticker ticker livefeed",
}
_FLAG: dict[str, int] = {}
for _bit, _list in _WORDS.items():
    for _word in _list.split():
        _FLAG[_word] = _FLAG.get(_word, 0) | _bit
#: Pairs of neighbouring words: "entry-content", "articleBody", "read_more".
_PAIRS: dict[str, int] = {
    "article body": BODY, "article content": BODY, "article text": BODY, "story body": BODY, "story content": BODY, "story text": BODY,
    "entry content": BODY, "post content": BODY, "post body": BODY, "post text": BODY, "body text": BODY, "body content": BODY,
    "main content": BODY, "main text": BODY, "rich text": BODY, "content body": BODY, "text body": BODY, "page content": BODY,
    "article paragraph": BODY, "article copy": BODY, "body copy": BODY, "content text": BODY, "news content": BODY, "news text": BODY,
    "single content": BODY, "blog content": BODY, "content article": BODY, "article main": BODY, "field body": BODY, "td post": BODY,
    "article intro": LEAD, "article summary": LEAD, "article lead": LEAD, "article description": LEAD, "sub title": LEAD,
    "sub headline": LEAD, "article subtitle": LEAD, "article teaser": LEAD, "post excerpt": LEAD, "entry summary": LEAD,
    "lead text": LEAD, "lead paragraph": LEAD, "story summary": LEAD, "header teaser": LEAD, "entry subtitle": LEAD,
    "read more": TEASER, "read also": TEASER, "read next": TEASER, "most read": TEASER, "most popular": TEASER, "more from": TEASER,
    "more on": TEASER, "more news": TEASER, "more stories": TEASER, "more articles": TEASER, "up next": TEASER, "next article": TEASER,
    "see also": TEASER, "top stories": TEASER, "latest news": TEASER, "latest posts": TEASER, "recent posts": TEASER,
    "article list": TEASER, "news list": TEASER, "you may": TEASER, "also like": TEASER, "link list": TEASER, "in article": 0,
    "inline related": TEASER, "story package": TEASER, "further reading": TEASER, "recommended articles": TEASER,
    "about author": BYLINE, "author bio": BYLINE | ASIDE, "author box": BYLINE | ASIDE, "author info": BYLINE, "post meta": BYLINE,
    "entry meta": BYLINE, "article meta": BYLINE, "sr only": HIDDEN, "screen reader": HIDDEN, "visually hidden": HIDDEN,
    "display none": HIDDEN, "d none": HIDDEN, "u hidden": HIDDEN, "side bar": ASIDE, "right column": ASIDE, "right rail": ASIDE,
    "info box": ASIDE, "fact box": ASIDE, "infobox": ASIDE, "sign up": OFFER, "ad container": OFFER, "lead image": CAPTION,
    "image caption": CAPTION, "photo credit": CAPTION, "image credit": CAPTION, "wp caption": CAPTION, "image copyright": CAPTION,
    "media caption": CAPTION, "image description": CAPTION, "picture description": CAPTION, "photo caption": CAPTION,
    "table of": NAV, "of contents": NAV, "tag list": NAV, "post tags": NAV, "entry footer": FOOTER | NAV, "post footer": FOOTER,
    "article footer": FOOTER, "article header": HEADER, "post navigation": NAV, "live blog": LIVE, "live ticker": LIVE, "pay wall": PAYWALL,
    "image gallery": GALLERY, "photo gallery": GALLERY, "picture gallery": GALLERY, "page header": HEADER, "site header": HEADER | NAV,
    "site footer": FOOTER, "page footer": FOOTER, "global header": HEADER | NAV, "article title": TITLE, "entry title": TITLE,
    "post title": TITLE, "lead story": 0, "time line": 0,
}
_TOKEN = re.compile(r"[a-z]{1,24}|[A-Z](?:[a-z]{1,24}|[A-Z]{0,24})")
_ATTRIBUTE = re.compile(
    """r"""\b(class|id|itemprop|role|data-testid|data-component|data-area|data-block|data-type|aria-hidden|hidden|style)\b(?:\s{0,3}=\s{0,3}(?:"([^"]{0,600})|'([^']{0,600})|([^\s"'>]{1,200})))?
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
    """
)
_ITEMPROP = {
    "articlebody": BODY, "description": LEAD, "author": BYLINE, "datepublished": DATE, "datemodified": DATE,
    "headline": TITLE, "caption": CAPTION, "comment": COMMENT, "articlesection": SECTION, "alternativeheadline": LEAD,
    "copyrightholder": CAPTION, "copyrightnotice": CAPTION,
}
_ROLE = {"navigation": NAV, "complementary": ASIDE, "banner": HEADER, "contentinfo": FOOTER, "search": NAV, "dialog":
HIDDEN, "alertdialog": HIDDEN, "menu": NAV, "menubar": NAV, "toolbar": SHARE, "tooltip": HIDDEN, "note": 0}


@lru_cache(maxsize=65536)
def of_names(names: str) -> int:
    """The bits that the words of a class or id attribute carry."""
    bits = 0
    before = ""
    for token in _TOKEN.findall(names):
        word = token.lower()
        bits |= _FLAG.get(word, 0)
        if before:
            bits |= _PAIRS.get(before + " " + word, 0)
        before = word
    return bits


def read(attributes: str) -> int:
    """The bits that the attributes of one tag carry."""
    bits = 0
    for name, double, single, bare in _ATTRIBUTE.findall(attributes):
        value = double or single or bare
        if name == "class" or name == "id" or name[:5] == "data-":
            bits |= of_names(value)
        elif name == "itemprop":
            for word in value.lower().split():
                bits |= _ITEMPROP.get(word, 0)
        elif name == "role":
            bits |= _ROLE.get(value.lower(), 0)
        elif name == "style":
            squeezed = value.replace(" ", "").lower()
            if "display:none" in squeezed or "visibility:hidden" in squeezed:
                bits |= HIDDEN
        elif name == "hidden" or value == "true":
            bits |= HIDDEN
    return bits
