"""Saved pages in the style of outlets: one function for each way in which pages are built, with their clutter.

Each takes a `Story` and gives the bytes that a browser would save.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from html import escape

from stories import Story, stories

Maker = Callable[[Story], bytes]

_AR_MONTHS = "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split()
_AR_MONTHS_EAST = (
    "كانون الثاني,شباط,آذار,نيسان,أيار,حزيران,تموز,آب,أيلول,تشرين الأول,تشرين الثاني,كانون الأول".split(",")
)
_WORDS = {
    "en": {
        "home": "Home", "share": "Share on Facebook", "more": "Read also", "most": "Most read", "comments": "Comments",
        "comment": "I have lived here for forty years and never thought that I would see the day when this happens.",
        "news": "News", "sport": "Sport", "culture": "Culture", "about": "About us", "privacy": "Privacy policy",
        "rights": "All rights reserved", "newsletter": "Sign up for our newsletter and get the morning news in your inbox.",
        "cookies": "We use cookies to give you the best experience on our website. By continuing you accept them.",
        "minutes": "4 min read", "published": "Published on", "by": "By", "photo": "Photo: Agencies",
        "caption": "A view of the place where it happened, seen from the sea (Reuters)", "tags": "Tags:",
        "bio": "is a reporter for the regional desk and has written about infrastructure for ten years.",
    },
    "ar": {
        "home": "الرئيسية", "share": "شارك على فيسبوك", "more": "اقرأ أيضاً", "most": "الأكثر قراءة", "comments": "التعليقات",
        "comment": "أعيش هنا منذ أربعين عاماً ولم أكن أظن أنني سأرى هذا اليوم الذي طال انتظاره، شكراً لكل من ساهم فيه.",
        "news": "أخبار", "sport": "رياضة", "culture": "ثقافة", "about": "من نحن", "privacy": "سياسة الخصوصية",
        "rights": "جميع الحقوق محفوظة", "newsletter": "اشترك في نشرتنا البريدية لتصلك أخبار الصباح إلى بريدك الإلكتروني.",
        "cookies": "نستخدم ملفات تعريف الارتباط لتحسين تجربتك على موقعنا. باستمرارك في التصفح فإنك توافق عليها.",
        "minutes": "مدة القراءة 4 دقائق", "published": "نُشر في", "by": "كتب:", "photo": "تصوير: وكالات",
        "caption": "مشهد للمكان كما يبدو من البحر (رويترز)", "tags": "الوسوم:",
        "bio": "صحافية في قسم الأخبار المحلية تكتب عن مشاريع البنية التحتية منذ عشر سنوات.",
    },
}  # fmt: skip


def pages() -> Iterator[tuple[str, Story, bytes]]:
    """A name, the story and the page, for every maker in both languages."""
    for number, maker in enumerate(MAKERS):
        for lang in ("en", "ar"):
            story = stories(lang)[number % 3]
            yield f"{maker.__name__}-{story.lang}", story, maker(story)


def _day(story: Story, *, east: bool = False) -> str:
    day = story.day
    if story.lang == "en":
        return f"{day:%B} {day.day}, {day.year}"
    return f"{day.day} {(_AR_MONTHS_EAST if east else _AR_MONTHS)[day.month - 1]} {day.year}"


def _w(story: Story) -> dict[str, str]:
    return _WORDS[story.lang]


def _ps(story: Story, tag: str = "p", *, between: str = "", heading: str = "h2") -> str:
    """The body as elements; ``between`` stands after the second paragraph."""
    parts = [f"<{tag}>{escape(each)}</{tag}>" for each in story.paragraphs]
    return "\n".join((*parts[:2], between, f"<{heading}>{escape(story.heading)}</{heading}>", *parts[2:]))


def _links(titles: tuple[str, ...], kind: str = "ul") -> str:
    return (
        f"<{kind}>"
        + "".join(f'<li><a href="/{i}">{escape(t)}</a></li>' for i, t in enumerate(titles))
        + f"</{kind}>"
    )


def _nav(story: Story) -> str:
    w = _w(story)
    items = "".join(
        f'<li class="menu-item"><a href="/{k}">{w[k]}</a></li>' for k in ("home", "news", "sport", "culture")
    )
    return f'<ul class="menu">{items}</ul>'


def _html(story: Story, head: str, body: str, *, charset: str = "utf-8", doctype: str = "<!DOCTYPE html>") -> bytes:
    rtl = ' dir="rtl"' if story.lang == "ar" else ""
    page = f'{doctype}\n<html lang="{story.lang}"{rtl}><head>{head}</head>\n<body>{body}</body></html>'
    return page.encode(charset, "xmlcharrefreplace")


def _ld(story: Story, kind: str = "NewsArticle", **more: object) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": kind,
        "headline": story.title,
        "datePublished": f"{story.day}T09:15:00+03:00",
        "dateModified": f"{story.day.replace(year=story.day.year + 1)}T10:00:00+03:00",
        "author": {"@type": "Person", "name": story.author},
        "publisher": {
            "@type": "Organization",
            "name": story.outlet,
            "logo": {"@type": "ImageObject", "url": "/l.png"},
        },
        **more,
    }
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def _og(story: Story) -> str:
    return (
        f'<meta property="og:title" content="{escape(story.title)}"/><meta property="og:type" content="article">'
        f'<meta property="og:site_name" content="{escape(story.outlet)}"><meta property="og:url" content="{story.url}">'
    )


def wordpress(story: Story) -> bytes:
    """A blog theme: widgets, related posts with excerpts, comments; metadata as an SEO plug-in writes it."""
    w = _w(story)
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": story.outlet, "url": "/"},
            {"@type": ["Article"], "headline": story.title, "datePublished": f"{story.day}T06:00:00+00:00",
             "author": {"name": story.author, "@id": "/#/person/1"}},
            {"@type": "Person", "name": story.author},
        ],
    }  # fmt: skip
    head = (
        f'<meta charset="UTF-8"><title>{story.title} - {story.outlet}</title><link rel="canonical" href="{story.url}">'
        f'{_og(story)}<script type="application/ld+json" class="seo-graph">{json.dumps(graph)}</script>'
        "<style>.entry-content{color:#222}</style>"
    )
    teasers = "".join(
        f'<article class="post type-post hentry"><h3 class="entry-title"><a href="/{i}">{t}</a></h3>'
        f'<div class="entry-summary"><p>{t}. {w["comment"]} […]</p></div></article>'
        for i, t in enumerate(story.others[:3])
    )
    between = f'<p class="read-more-inline"><strong>{w["more"]}: <a href="/9">{story.others[0]}</a></strong></p>'
    body = (
        f'<header class="site-header"><nav>{_nav(story)}</nav></header><div id="content" class="site-content">'
        '<main id="main" class="site-main"><article id="post-12" class="post-12 post type-post category-news tag-water hentry">'
        f'<header class="entry-header"><h1 class="entry-title">{story.title}</h1><div class="entry-meta">'
        f'<span class="posted-on">{w["published"]} <time class="entry-date published" datetime="{story.day}">{_day(story)}</time>'
        f'</span> <span class="byline">{w["by"]} {story.author}</span></div></header>'
        f'<div class="entry-content clearfix">{_ps(story, between=between)}'
        f'<div class="sharedaddy sd-sharing-enabled"><h3>{w["share"]}</h3><ul><li><a>Facebook</a></li><li><a>X</a></li></ul></div>'
        f'</div><footer class="entry-footer">{w["tags"]} <a href="/t">{w["news"]}</a></footer></article>'
        f'<section class="related-posts"><h2>{w["more"]}</h2>{teasers}</section>'
        f'<div id="comments" class="comments-area"><h2>{w["comments"]}</h2><ol><li class="comment"><p>{w["comment"]}</p>'
        f"<p>{w['comment']}</p></li></ol></div></main>"
        f'<aside id="secondary" class="widget-area"><section class="widget"><h2>{w["most"]}</h2>{_links(story.others)}'
        f'<p>{w["newsletter"]}</p></section></aside></div><footer class="site-footer"><p>© 2024 {story.outlet}. {w["rights"]}.</p>'
        "</footer><script>var a='<p>no text</p>';</script>"
    )
    return _html(story, head, body)


def drupal(story: Story) -> bytes:
    """Fields and regions; Dublin Core."""
    w = _w(story)
    head = (
        f'<meta charset="utf-8"/><meta name="dcterms.title" content="{story.title}"/><meta name="dcterms.date" '
        f'content="{story.day}T08:00+01:00"/><meta name="dcterms.creator" content="{story.author}"/>'
        f'<link rel="canonical" href="{story.url}"/><title>{story.title} | {story.outlet}</title>'
    )
    body = (
        f'<div class="layout-container"><header role="banner"><nav role="navigation">{_nav(story)}</nav></header>'
        f'<div class="region region-breadcrumb"><nav class="breadcrumb"><ol><li><a href="/">{w["home"]}</a></li><li>{w["news"]}'
        '</li></ol></nav></div><main role="main"><div class="layout-content"><article role="article" class="node node--type-article'
        f' node--view-mode-full"><h1><span class="field field--name-title">{story.title}</span></h1>'
        f'<div class="node__meta"><div class="node__submitted">{w["by"]} {story.author} {_day(story)}</div></div>'
        '<div class="node__content clearfix"><div class="field field--name-field-image"><img src="a.jpg" alt="">'
        f'<blockquote class="image-field-caption"><p>{w["caption"]}</p></blockquote></div>'
        f'<div class="clearfix text-formatted field field--name-body field--type-text-with-summary">{_ps(story, heading="h3")}'
        f'</div><div class="field field--name-field-tags"><h3>{w["tags"]}</h3>{_links((w["news"], w["culture"]))}</div></div></article>'
        f'</div><aside class="layout-sidebar-second"><div class="region region-sidebar"><h2>{w["most"]}</h2>{_links(story.others)}'
        f'</div></aside></main><footer role="contentinfo"><div class="region region-footer">{_links((w["about"], w["privacy"]))}'
        "</div></footer></div>"
    )
    return _html(story, head, body)


def amp(story: Story) -> bytes:
    """An accelerated page: components instead of elements."""
    w = _w(story)
    head = (
        f'<meta charset="utf-8"><link rel="canonical" href="{story.url}"><title>{story.title}</title>{_ld(story)}'
        '<script async src="https://cdn.ampproject.org/v0.js"></script><style amp-custom>p{margin:1em}</style>'
    )
    body = (
        f'<amp-sidebar id="menu" layout="nodisplay">{_nav(story)}</amp-sidebar><header class="amp-header"><a>{story.outlet}</a></header>'
        f'<article class="amp-article"><h1 class="amp-title">{story.title}</h1><p class="amp-byline">{w["by"]} {story.author}</p>'
        f'<amp-img src="a.jpg" width="9" height="6" layout="responsive"></amp-img><p class="caption">{w["caption"]}</p>'
        f"{_ps(story, between='<amp-ad width=300 height=250 type=x><div placeholder>Ad</div></amp-ad>')}"
        f'</article><amp-social-share type="twitter"></amp-social-share><section class="amp-related"><h3>{w["more"]}</h3>'
        f"{_links(story.others)}</section><footer>{w['rights']}</footer>"
    )
    return _html(story, head, body, doctype="<!doctype html>").replace(b"<html ", "<html ⚡ ".encode(), 1)


def portal(story: Story) -> bytes:
    """A large news portal: boxes within boxes, Open Graph only, a box of links amid the text."""
    w = _w(story)
    head = (
        f"<meta charset='utf-8'>{_og(story)}<meta property='article:published_time' content='{story.day}T21:30:00+03:00'>"
        f"<meta name='author' content='{story.author}'><title>{story.title} :: {story.outlet}</title>"
    )
    box = f'<div class="inner-related-box"><span>{w["more"]}</span>{_links(story.others[:2])}</div>'
    body = (
        f'<div class="topbar"><div class="ticker breaking-news">{_links(story.others)}</div></div><div class="mainmenu">{_nav(story)}</div>'
        f'<div class="container"><div class="row"><div class="col-md-8"><div class="newsDetails"><h1>{story.title}</h1>'
        f'<div class="newsInfo"><span class="date">{_day(story)} - 09:30</span><span class="views">1234</span></div>'
        f'<div class="sharebtns"><a>{w["share"]}</a><a>X</a><a>WhatsApp</a></div><div class="newsImg"><img src="x.jpg">'
        f'<div class="imgCaption">{w["caption"]}</div></div><div class="article-text">{_ps(story, between=box, heading="h4")}</div>'
        f'<div class="newsTags">{w["tags"]} <a>{w["news"]}</a> <a>{w["sport"]}</a></div></div></div>'
        f'<div class="col-md-4"><div class="mostReadBox"><h3>{w["most"]}</h3>{_links(story.others)}</div><div class="ad-slot">Ad</div></div>'
        f'</div></div><div class="footer"><p>{w["rights"]} {story.outlet}</p>{_links((w["about"], w["privacy"]))}</div>'
        f'<div class="cookie-consent"><p>{w["cookies"]}</p><button>OK</button></div>'
    )
    return _html(story, head, body)


def agency(story: Story) -> bytes:
    """A wire's page with nothing but a title element: the date stands in the text."""
    w = _w(story)
    line = f"{_day(story)} - {story.outlet}"
    body = (
        f"<h1>{story.title}</h1><p>{w['published']}: {_day(story, east=True)}</p>{_ps(story, heading='h2')}"
        f"<p>({w['photo']})</p><hr><p><a href='/'>{w['home']}</a> | <a href='/n'>{w['news']}</a></p><p>{w['rights']} - {line}</p>"
    )
    return _html(story, f"<meta charset=utf-8><title>{story.title}</title>", body)


def microdata(story: Story) -> bytes:
    """Everything is an item property."""
    w = _w(story)
    body = (
        f'<div id="nav">{_nav(story)}</div><div itemscope itemtype="https://schema.org/NewsArticle" class="box">'
        f'<h1 itemprop="headline">{story.title}</h1><span itemprop="author" itemscope><span itemprop="name">{story.author}</span>'
        f'</span> <meta itemprop="datePublished" content="{story.day}T05:00:00Z"><span>{_day(story)}</span>'
        f'<span itemprop="publisher" itemscope><meta itemprop="name" content="{story.outlet}"></span>'
        f'<div itemprop="articleBody">{_ps(story, "div")}</div><ul class="share-icons"><li><a>{w["share"]}</a></li></ul></div>'
        f'<div class="right"><div class="title">{w["most"]}</div>{_links(story.others, "ol")}</div>'
        f'<div id="foot"><span>{w["about"]}</span> <span>{w["privacy"]}</span></div>'
    )
    return _html(story, f'<meta charset="utf-8"><title>{story.title} - {story.outlet}</title>', body)


def tables(story: Story) -> bytes:
    """A site of twenty years ago: layout by tables, paragraphs by line breaks, a Windows code page."""
    w = _w(story)
    charset = "windows-1256" if story.lang == "ar" else "iso-8859-1"
    parts = [escape(each) for each in story.paragraphs]
    text = "<BR><BR>\r\n".join((*parts[:2], f"<B>{story.heading}</B>", *parts[2:]))
    head = f'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={charset}"><TITLE>{story.outlet} - {story.title}</TITLE>'
    body = (
        f"<TABLE WIDTH=780 BORDER=0><TR><TD COLSPAN=3 BGCOLOR=navy><FONT COLOR=white>{story.outlet}</FONT></TD></TR><TR>"
        f'<TD WIDTH=120 VALIGN=top><A HREF="1.htm">{w["home"]}</A><BR><A HREF="2.htm">{w["news"]}</A><BR><A HREF="3.htm">{w["sport"]}</A></TD>'
        f"<TD VALIGN=top><FONT SIZE=5><B>{story.title}</B></FONT><BR><FONT SIZE=2 COLOR=gray>{story.day.day}/{story.day.month}/{story.day.year}"
        f'</FONT><BR><BR><FONT SIZE=3 FACE="Arial">{text}</FONT><BR><BR></TD><TD WIDTH=150 VALIGN=top><B>{w["most"]}</B><BR>'
        + "<BR>".join(f'<A HREF="{i}.htm">{t}</A>' for i, t in enumerate(story.others))
        + f"</TD></TR><TR><TD COLSPAN=3><FONT SIZE=1>{w['rights']} &copy; {story.outlet}</FONT></TD></TR></TABLE>"
    )
    doctype = '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">'
    return _html(story, head, body, charset=charset.replace("iso-8859-1", "cp1252"), doctype=doctype)


def hashed(story: Story) -> bytes:
    """Names of classes that say nothing, as style compilers make them."""
    w = _w(story)
    head = (
        f'<meta charSet="utf-8"/><title>{story.title} | {story.outlet}</title>{_ld(story, "ReportageNewsArticle")}'
    )
    text = _ps(story, 'p class="css-158dogj"', heading="h3").replace('</p class="css-158dogj">', "</p>")
    links = "".join(
        f'<div class="css-8atqhb"><a class="css-1l4" href="/{i}"><h4>{t}</h4></a></div>'
        for i, t in enumerate(story.others)
    )
    body = (
        f'<div id="app"><div class="css-1dv1kvn"><div class="css-z7k">{_nav(story)}</div><section class="css-y8a"><div><div class="css-4k">'
        f'<h1 class="css-x1">{story.title}</h1><div class="css-bb"><span>{w["by"]} {story.author}</span><time datetime="{story.day}T01:00:00.000Z">'
        f'{_day(story)}</time></div></div><div class="css-53u6y8">{text}</div></div></section><div class="css-cc"><div class="css-dd">{links}'
        f'</div></div><div class="css-ee"><span>© {story.outlet}</span><a>{w["about"]}</a><a>{w["privacy"]}</a></div></div></div>'
        f'<script id="__DATA__" type="application/json">{json.dumps({"text": story.paragraphs})}</script>'
    )
    return _html(story, head, body)


def broadcaster(story: Story) -> bytes:
    """A broadcaster's page: components by data attributes, figures, topics."""
    w = _w(story)
    blocks = "".join(
        f'<div data-component="text-block" class="ssrcss-{i}-Rich"><p>{escape(p)}</p></div>'
        for i, p in enumerate(story.paragraphs[:2])
    )
    rest = "".join(f'<div data-component="text-block"><p>{escape(p)}</p></div>' for p in story.paragraphs[2:])
    figure = f'<figure><div><img alt="{w["caption"]}"></div><span class="visually-hidden">Image source, Agencies</span><figcaption>{w["caption"]}</figcaption></figure>'
    body = (
        f'<header role="banner"><nav>{_nav(story)}</nav></header><main id="main-content" role="main"><article><header><h1 id="main-heading">'
        f'{story.title}</h1><div class="metadata"><time datetime="{story.day}T12:00:00.000Z">{_day(story, east=True)}</time></div></header>{figure}'
        f'{blocks}<div data-component="subheadline-block"><h2>{story.heading}</h2></div>{rest}'
        f'<section data-component="tag-list"><h2>{w["more"]}</h2>{_links((w["news"], w["culture"]))}</section></article>'
        f'<div data-component="links-block"><p><b>{w["more"]}</b></p>{_links(story.others)}</div></main><footer>{w["rights"]}</footer>'
    )
    return _html(story, f'<meta charset="utf-8"><title>{story.title} - {story.outlet}</title>{_og(story)}', body)


def premium(story: Story) -> bytes:
    """A newspaper with a standfirst-free header, pull quotes, a newsletter box and a paywall's remains."""
    w = _w(story)
    between = (
        f'<aside class="pullquote"><p>{escape(story.paragraphs[2][:60])}</p></aside><div class="newsletter-signup"><h4>{w["newsletter"]}</h4>'
        f'<form action="/s"><label>E-mail</label><input name="e"></form></div>'
    )
    body = (
        f'<div class="masthead"><a href="/">{story.outlet}</a></div><nav class="sections">{_nav(story)}</nav><article class="story">'
        f'<div class="story__header"><p class="kicker">{w["news"]}</p><h1>{story.title}</h1><p class="byline">{w["by"]} {story.author}</p>'
        f'<p class="timestamp">{_day(story)}</p><p class="reading-time">{w["minutes"]}</p></div>'
        f'<div class="story__body article-body">{_ps(story, between=between)}</div><div class="author-bio"><p>{story.author} {w["bio"]}</p></div>'
        f'<div class="paywall-prompt hidden"><p>{w["newsletter"]}</p></div></article><section class="most-popular"><h2>{w["most"]}</h2>'
        f"{_links(story.others, 'ol')}</section><footer><p>© {story.outlet} {w['rights']}</p></footer>"
    )
    head = f'<meta charset="utf-8"><title>{story.title}</title><meta name="sailthru.date" content="{story.day} 08:00">{_og(story)}'
    return _html(story, head, body)


def blog(story: Story) -> bytes:
    """A hosted blog: one element for the post, paragraphs by line breaks."""
    w = _w(story)
    parts = [escape(each) for each in story.paragraphs]
    text = "<br /><br />".join((*parts[:2], f"<b>{story.heading}</b>", *parts[2:]))
    body = (
        f'<div class="header-outer"><h1 class="title">{story.outlet}</h1></div><div class="main-outer"><div class="date-outer"><h2 class="date-header">'
        f'<span>{_day(story)}</span></h2><div class="post hentry"><h3 class="post-title entry-title">{story.title}</h3>'
        f'<div class="post-body entry-content" id="post-body-7">{text}<div style="clear: both;"></div></div>'
        f'<div class="post-footer"><span class="post-author vcard">{w["by"]} {story.author}</span><abbr class="published" title="{story.day}T04:00:00">09:00</abbr>'
        f'<a class="comment-link">0 {w["comments"]}</a></div></div></div><div class="sidebar"><h2>{w["most"]}</h2>{_links(story.others)}</div></div>'
    )
    head = (
        f"<meta content='text/html; charset=UTF-8' http-equiv='Content-Type'/><title>{story.outlet}: {story.title}</title>"
        f"<meta content='{story.title}' property='og:title'/><link href='{story.url}' rel='canonical'/>"
    )
    return _html(story, head, body)


def bare(story: Story) -> bytes:
    """No metadata, no paragraphs, no article: divisions of text between other divisions."""
    w = _w(story)
    body = (
        f"<div>{_nav(story)}</div><div><h1>{story.title}</h1><div>{w['by']} {story.author}</div><div>{_day(story)}</div><div>{_ps(story, 'div', heading='h3')}"
        f"</div></div><div><div>{w['most']}</div>{_links(story.others)}</div><div>{w['rights']}</div>"
    )
    return _html(story, f"<title>{story.title} - {story.outlet}</title>", body)


def server_form(story: Story) -> bytes:
    """The whole page is a form, as a server framework wants it; state hidden in it."""
    w = _w(story)
    body = (
        f'<form method="post" action="./d.aspx?id=7" id="aspnetForm"><input type="hidden" name="__VIEWSTATE" value="{"dDwt" * 200}">'
        f'<div id="ctl00_Header">{_nav(story)}</div><div id="ctl00_MainContent"><span id="ctl00_lblTitle" class="DetailsTitle">{story.title}</span>'
        f'<br><span id="ctl00_lblDate">{_day(story, east=True)}</span><div id="ctl00_dvText" class="DetailsBody">{_ps(story, heading="h4")}</div>'
        f'<a id="ctl00_lnkPrint" href="javascript:__doPostBack()">Print</a></div><div id="ctl00_Left"><h5>{w["most"]}</h5>{_links(story.others)}</div></form>'
    )
    head = f'<meta http-equiv="Content-Type" content="text/html; charset=utf-8" /><title>{story.title}</title><meta name="title" content="{story.title}"/>'
    return _html(story, head, body)


def magazine(story: Story) -> bytes:
    """A long read: quotes of others within it, and boxes that send the reader away."""
    w = _w(story)
    between = (
        f'<div class="further-reading"><h5>{w["more"]}</h5><p><a href="/1">{story.others[1]}</a></p><p><a href="/2">{story.others[2]}</a></p></div>'
        '<figure class="wp-block-embed"><div class="wp-block-embed__wrapper"></div></figure>'
    )
    teasers = "".join(f"<div><h4><a>{t}</a></h4><p>{w['comment']}</p></div>" for t in story.others)
    body = (
        f'<div class="o-nav">{_nav(story)}</div><main class="o-article"><div class="c-hero"><h1 class="c-hero__title">{story.title}</h1>'
        f'<div class="c-hero__meta"><a rel="author">{story.author}</a> · {_day(story)} · {w["minutes"]}</div></div>'
        f'<div class="c-article-content prose">{_ps(story, between=between)}</div><div class="c-tags">{w["tags"]} {w["news"]}</div></main>'
        f'<div class="c-carousel">{teasers}</div>'
    )
    return _html(
        story,
        f'<meta charset="utf-8"><title>{story.title} — {story.outlet}</title>{_ld(story, "BlogPosting")}',
        body,
    )


def saved(story: Story) -> bytes:
    """Saved by a browser long ago: capitals, unclosed paragraphs, scripts and frames all over."""
    w = _w(story)
    parts = [f"<P class=MsoNormal>{escape(each)}" for each in story.paragraphs]
    text = "\n".join((*parts[:2], f"<H3>{story.heading}</H3>", *parts[2:]))
    body = (
        f'<!-- saved from url=(0045){story.url} --><NOSCRIPT><IMG src="p.gif"></NOSCRIPT><DIV id=menu>{_nav(story)}</DIV><IFRAME src="ad.html"></IFRAME>'
        f"<DIV id=story><H1>{story.title}</H1><SPAN class=date>{_day(story)}</SPAN>{text}<SCRIPT>document.write('<p>Advertisement</p>')</SCRIPT></DIV>"
        f'<DIV id=more><B>{w["more"]}</B>{_links(story.others)}</DIV><MAP name=m><AREA href="/"></MAP>'
    )
    head = f'<TITLE>{story.title}</TITLE><META content="text/html; charset=utf-8" http-equiv=Content-Type><META content="MSHTML 6" name=GENERATOR>'
    return _html(story, head, body, doctype="")


def ministry(story: Story) -> bytes:
    """A press release: details in a list of terms, contacts below."""
    w = _w(story)
    body = (
        f'<div class="skip-link"><a href="#c">Skip to content</a></div><div role="navigation">{_nav(story)}</div><main id="c"><h1 class="heading-large">{story.title}</h1>'
        f'<dl class="metadata"><dt>{w["published"]}</dt><dd><time datetime="{story.day}">{_day(story, east=True)}</time></dd></dl>'
        f'<div class="govspeak main-content">{_ps(story)}</div><div class="print-link"><a>Print</a></div><div class="related-links"><h2>{w["more"]}</h2>'
        f"{_links(story.others)}</div></main><footer>{_links((w['about'], w['privacy']))}</footer>"
    )
    head = f'<meta charset="utf-8"><title>{story.title} - {story.outlet}</title><meta name="DC.date.issued" content="{story.day}">'
    return _html(story, head, body)


def xhtml(story: Story) -> bytes:
    """Strict, with an XML declaration in front and entities within."""
    w = _w(story)
    head = f'<meta name="publisher" content="{story.outlet}" /><meta name="date" content="{story.day}" /><title>{story.title} « {story.outlet}</title>'
    body = (
        f'<div class="page-wrapper"><div class="left-col"><div class="navigation">{_nav(story)}</div></div><div class="mid-col"><h1>{story.title}</h1>'
        f'<p class="info">{story.author}&nbsp;| {_day(story)}</p><div class="text">{_ps(story, heading="h5")}</div></div><div class="right-col"><h4>{w["most"]}</h4>'
        f"{_links(story.others)}<p>{w['newsletter']}</p></div></div>"
    )
    doctype = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"'
        ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
    )
    return _html(story, head, body, doctype=doctype)


MAKERS: tuple[Maker, ...] = (
    wordpress, drupal, amp, portal, agency, microdata, tables, hashed, broadcaster, premium, blog, bare, server_form,
    magazine, saved, ministry, xhtml,
)  # fmt: skip
