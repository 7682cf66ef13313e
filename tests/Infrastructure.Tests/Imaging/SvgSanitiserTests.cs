using System.Buffers.Binary;
using System.Text;
using System.Xml;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Imaging.Formats.Svg;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>What is stored of a drawing: everything that draws, and nothing that runs, fetches or hides.</summary>
public sealed class SvgSanitiserTests
{
    private const string Start = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ev="http://www.w3.org/2001/xml-events" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:xi="http://www.w3.org/2001/XInclude" width="120" height="80">""";

    // EVIL marks what must not be in the result, whatever happens to the rest.
    public static TheoryData<string> Attacks =>
    [
        """<script>EVIL()</script>""",
        """<script xlink:href="http://EVIL/x.js"/>""",
        """<script href="data:text/javascript,EVIL"/>""",
        """<h:script>EVIL()</h:script>""",
        """<SCRIPT>EVIL()</SCRIPT>""",
        """<g><script type="application/ecmascript"><![CDATA[EVIL()]]></script></g>""",
        """<rect onload="EVIL()"/>""",
        """<rect onclick="EVIL()" width="1" height="1"/>""",
        """<rect ONCLICK="EVIL()"/>""",
        """<g onmouseover="EVIL()"><rect/></g>""",
        """<animate onbegin="EVIL()" attributeName="x" dur="1s"/>""",
        """<handler ev:event="click">EVIL()</handler>""",
        """<listener ev:event="click" handler="#EVIL"/>""",
        """<rect ev:event="EVIL"/>""",
        """<foreignObject><h:body>EVIL</h:body></foreignObject>""",
        """<foreignObject width="9" height="9"><h:iframe src="http://EVIL"/></foreignObject>""",
        """<iframe src="http://EVIL"/>""",
        """<h:iframe src="http://EVIL"/>""",
        """<embed src="EVIL"/>""",
        """<object data="EVIL"/>""",
        """<audio src="http://EVIL"/>""",
        """<video href="http://EVIL"/>""",
        """<canvas>EVIL</canvas>""",
        """<a xlink:href="javascript:EVIL()"><text>x</text></a>""",
        """<a href="java&#10;script:EVIL()"><text>x</text></a>""",
        """<a href=" &#1114109;javascript:EVIL()"><text>x</text></a>""",
        """<a href="https://EVIL/"><text>x</text></a>""",
        """<a href="data:text/html,EVIL"><text>x</text></a>""",
        """<use xlink:href="http://EVIL/x.svg#a"/>""",
        """<use href="EVIL.svg#a"/>""",
        """<use href="data:image/svg+xml;base64,EVIL#a"/>""",
        """<use href="#a EVIL"/>""",
        """<image href="http://EVIL/x.png" width="9" height="9"/>""",
        """<image xlink:href="file:///EVIL.png" width="9" height="9"/>""",
        """<image href="../EVIL.png"/>""",
        """<image href="//EVIL/x.png"/>""",
        """<image href="data:image/svg+xml;base64,EVIL"/>""",
        """<image href="data:image/svg+xml,EVIL"/>""",
        """<image href="data:image/png,EVIL"/>""",
        """<image href="data:image/png;base64,EVIL"/>""",
        """<feImage href="http://EVIL/x.png"/>""",
        """<filter id="f"><feImage xlink:href="#EVIL"/></filter>""",
        """<tref xlink:href="http://EVIL#a"/>""",
        """<textPath href="http://EVIL#a">x</textPath>""",
        """<mpath href="http://EVIL#a"/>""",
        """<linearGradient xlink:href="EVIL.svg#a"/>""",
        """<pattern href="http://EVIL#a"/>""",
        """<cursor href="http://EVIL"/>""",
        """<color-profile xlink:href="http://EVIL"/>""",
        """<font-face-uri href="http://EVIL"/>""",
        """<discard href="#EVIL"/>""",
        """<rect xml:base="http://EVIL/"/>""",
        """<xi:include href="EVIL" parse="text"/>""",
        """<rect fill="url(http://EVIL#a)"/>""",
        """<rect fill="url('http://EVIL#a')"/>""",
        """<rect fill="URL(EVIL.svg#a)"/>""",
        """<rect fill="url(&quot;http://EVIL&quot;) red"/>""",
        """<rect filter="url(http://EVIL#f)"/>""",
        """<rect mask="url(EVIL)"/>""",
        """<rect clip-path="url(//EVIL)"/>""",
        """<rect cursor="url(http://EVIL), auto"/>""",
        """<rect class="url(http://EVIL)"/>""",
        """<rect transform="url(http://EVIL)"/>""",
        """<rect style="fill:url(http://EVIL)"/>""",
        """<rect style="background-image:url(http://EVIL)"/>""",
        """<rect style="fill:\75rl(http://EVIL)"/>""",
        """<rect style="fill:u/**/rl(http://EVIL)"/>""",
        """<rect style="behavior:url(#EVIL)"/>""",
        """<rect style="-moz-binding:url(#EVIL)"/>""",
        """<rect style="width:expression(EVIL())"/>""",
        """<rect style="fill:expression(EVIL())"/>""",
        """<rect style="fill:image-set('http://EVIL' 1x)"/>""",
        """<rect style="fill:red;marker:src('http://EVIL')"/>""",
        """<rect style="fill:url(#a&#10;http://EVIL)"/>""",
        """<style>@import url(http://EVIL/x.css);</style>""",
        """<style>@import "http://EVIL/x.css";</style>""",
        """<style>@\69mport "http://EVIL";</style>""",
        """<style>@font-face{font-family:x;src:url(http://EVIL)}</style>""",
        """<style>@media screen{rect{fill:url(http://EVIL)}}</style>""",
        """<style>rect{fill:url(http://EVIL)}</style>""",
        """<style>rect{fill:u\72l(http://EVIL)}</style>""",
        """<style><![CDATA[rect{fill:red}</style><script>EVIL()</script>]]></style>""",
        """<style>/*</style><style>*/rect{background:url(http://EVIL)}</style>""",
        """<style>a[b="]{}*{fill:url(http://EVIL)}"]{fill:red}</style>""",
        """<style>rect{fill:"</style><script>EVIL()</script>"}</style>""".Replace("</style><script>EVIL()</script>", "&lt;/style&gt;&lt;script&gt;EVIL()&lt;/script&gt;", StringComparison.Ordinal),
        """<style type="text/x-EVIL">rect{fill:red}</style>""",
        """<style xlink:href="http://EVIL"/>""",
        """<animate attributeName="href" values="javascript:EVIL()"/>""",
        """<animate attributeName="xlink:href" to="javascript:EVIL()" dur="1s"/>""",
        """<set attributeName="href" to="data:text/html,EVIL"/>""",
        """<set attributeName="onclick" to="EVIL()"/>""",
        """<set attributeName="style" to="fill:EVIL"/>""",
        """<animate attributeName="fill" values="red;url(http://EVIL)"/>""",
        """<set attributeName="x" to="javascript:EVIL"/>""",
        """<metadata>EVIL, 12 Home Street</metadata>""",
        """<!-- EVIL -->""",
        """<?xml-stylesheet href="http://EVIL"?>""",
        """<?php EVIL ?>""",
        """<rect data-x="EVIL"/>""",
        """<rect unknown="EVIL"/>""",
        """<unknown>EVIL</unknown>""",
        """<rect xmlns="urn:EVIL"/>""",
        """<g xmlns:e="urn:EVIL"><e:rect/></g>""",
        """<rect><animate attributeName="mask" values="image-set('http:/EVIL/x.png' 1x)" dur="9s"/></rect>""",
        """<set attributeName="mask" to="image-set('http:/EVIL/x.png' 1x)"/>""",
        """<set attributeName="filter" to="src('http:/EVIL/x')"/>""",
        """<set attributeName="fill" to="\75rl(http:/EVIL)"/>""",
        """<set attributeName="fill" to="url&#40;http:/EVIL)"/>""",
        """<animate attributeName="fill" from="u\72 l('http:/EVIL')" to="red"/>""",
        """<animate attributeName="clip-path" by="url(data:image/svg+xml,EVIL)"/>""",
        """<animateTransform attributeName="transform" values="0;src(EVIL)"/>""",
        """<set attributeName="fill" to="cross-fade(url(EVIL), red)"/>""",
        """<set attributeName="fill" to="attr(EVIL)"/>""",
        """<set attributeName=" href" to="EVIL"/>""",
        """<set attributeName="xlink:href" to="#EVIL"/>""",
        """<style><g>{}</g><title>@import 'http://EVIL/x.css'; .x{background:url(http://EVIL/y)}</title></style>""",
        """<style><style>@import 'http:/EVIL';</style></style>""",
        """<style><desc>a{fill:src('EVIL')}</desc>rect{fill:red}</style>""",
        """<style>a{fill:image-set("EVIL" 1x)}</style>""",
        """<style>a{fill:-webkit-image-set("EVIL" 1x)}</style>""",
        """<style>a{--x:url(http://EVIL);fill:var(--x)}</style>""",
        """<style>a{fill:var(--x, url(http://EVIL))}</style>""",
        """<style>@media screen{a{fill:url(http:EVIL)}}</style>""",
        """<style>@media screen{@import url(EVIL);}</style>""",
        """<style>@keyframes k{from{fill:url(EVIL.svg)}}</style>""",
        """<style>@supports (fill:red){a{mask:url(EVIL)}}</style>""",
        """<style>@font-face{font-family:f;src:url(data:font/woff2;base64,EVIL)}</style>""",
        """<style>@namespace url(http://EVIL);</style>""",
        """<style>a{fill:url("http:EVIL" )}</style>""",
        """<style>a{fill:url( EVIL )}</style>""",
        """<style>a{fill:url(EVIL</style>""",
        """<style>a{content:"EVIL</style>""",
        """<style>a{b{fill:src(EVIL)}}</style>""",
        """<style>a[href="http://EVIL"]{fill:red}</style>""",
        """<rect class="image-set('EVIL')"/>""",
        """<rect lang="\75rl(EVIL)"/>""",
        """<linearGradient gradientTransform="src(//EVIL)"/>""",
        """<rect fill="url(#a)url(EVIL)"/>""",
        """<rect fill="\000075\000072\00006c(EVIL)"/>""",
        """<rect style="fill:url(#a);mask:url(\22 http:EVIL)"/>""",
        """<rect style="animation-name:src(EVIL)"/>""",
        """<rect style="background:url(EVIL)"/>""",
        """<rect style="cursor:url(EVIL),auto"/>""",
        """<use href="http:EVIL" xlink:href="#b"/>""",
        """<use href="#EVIL%41"/>""",
        """<image href="data:image/webp;base64,EVIL"/>""",
        """<g xmlns:s="http://www.w3.org/2000/svg" xmlns:e="urn:e"><e:x><s:script>EVIL()</s:script></e:x></g>""",
        """<h:div><s:image xmlns:s="http://www.w3.org/2000/svg" href="http://EVIL"/></h:div>""",
        """<meta http-equiv="refresh" content="0;url=http://EVIL"/>""",
        """<link rel="stylesheet" href="http://EVIL"/>""",
        """<base href="http://EVIL"/>""",
    ];

    // These look like the above but are harmless: they stay as they are.
    public static TheoryData<string> Drawings =>
    [
        """<rect width="10" height="10" fill="url(#gradient)"/>""",
        """<rect fill="url('#g')" stroke="#1e90ff"/>""",
        """<rect fill="rgb(10, 20, 30)" fill-opacity="50%"/>""",
        """<rect fill="rgba(1,2,3,.5)" stroke="hsl(120deg 50% 50%)"/>""",
        """<g id="curl" class="url javascript data"><path d="M0,0 L10.5-3e2z"/></g>""",
        """<use href="#a"/>""",
        """<use xlink:href="#a.b:c-d"/>""",
        """<a href="#top"><text>http://example.org is only text, javascript:too()</text></a>""",
        """<text font-family="'Noto Sans', Arial" xml:space="preserve">  A &amp; B &lt; C  </text>""",
        """<text><tspan x="1" dy="1.2em">Ünïcødé 山</tspan></text>""",
        """<title>script</title>""",
        """<desc>onload="x"</desc>""",
        """<switch><text systemLanguage="fr">Bonjour</text><text>Hello</text></switch>""",
        """<path d="M0 0" transform="translate(3 4) rotate(-45) scale(2,2) matrix(1 0 0 1 0 0)"/>""",
        """<path d="M0 0" marker-end="url(#m)" stroke-dasharray="3,4 5" vector-effect="non-scaling-stroke"/>""",
        """<animate attributeName="x" from="0" to="10" dur="2s" repeatCount="indefinite"/>""",
        """<animateTransform attributeName="transform" type="rotate" values="0 5 5;360 5 5" dur="2s"/>""",
        """<animateMotion dur="1s"><mpath xlink:href="#way"/></animateMotion>""",
        """<set attributeName="fill" to="red" begin="click"/>""",
        """<filter id="f" x="-20%" width="140%"><feGaussianBlur in="SourceAlpha" stdDeviation="2"/><feMerge><feMergeNode/></feMerge></filter>""",
        """<feColorMatrix type="matrix" values="1 0 0 0 0 0 1 0 0 0 0 0 1 0 0 0 0 0 1 0"/>""",
        """<rect style="fill:#fff;stroke:url(#s);stroke-width:2px;"/>""",
        """<style>.a{fill:#f00;}#b,g &gt; rect:first-child{stroke:blue;opacity:.5;}</style>""",
        """<style>text{font:bold 12px/1.5 "Open Sans",sans-serif;}</style>""",
        """<linearGradient id="l" gradientTransform="rotate(45)" xlink:href="#k"><stop offset="5%" stop-color="currentColor"/></linearGradient>""",
        """<symbol id="s" viewBox="0 0 1 1" preserveAspectRatio="xMidYMid slice"><circle r="1"/></symbol>""",
        """<mask id="k" maskUnits="userSpaceOnUse"><rect/></mask>""",
        """<animate attributeName="fill" values="red;#00f;rgb(0, 1, 2)" dur="2s"/>""",
        """<animate attributeName="d" values="M0 0L1 1;M0 0L2 2" dur="2s"/>""",
        """<set attributeName="mask" to="url(#m)"/>""",
        """<g id="Layer (1) &amp; more"><rect width="1" height="1"/></g>""",
        """<rect fill="url(#a.b:c)" mask="url(&quot;#a(1)&quot;)"/>""",
        """<style>@media print{rect{fill:red;}}@media (prefers-color-scheme: dark){text{fill:#fff;}}</style>""",
        """<style>@keyframes spin{from{transform:rotate(0deg);}50.5%,to{transform:rotate(360deg);}}g{animation:spin 2s linear infinite;}</style>""",
        """<style>[id^="a"] .b,g:not(.c):nth-child(2n+1)&gt;rect{fill:red!important;}</style>""",
        """<style>:root{--main:#123456;}rect{fill:var(--main, red);stroke:color-mix(in srgb, red 50%, blue);}</style>""",
        """<rect style="filter:drop-shadow(2px 3px 4px rgba(0, 0, 0, .5));stroke-width:calc(2px + (1px * 3));"/>""",
        """<switch><g requiredExtensions="http://www.w3.org/1999/xhtml"/><text systemLanguage="en">x</text></switch>""",
    ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Nothing_that_runs_fetches_or_hides_is_kept(string attack) => CleanInside(attack + "<circle r=\"7\"/>").Should().NotContain("EVIL").And.Contain("<circle r=\"7\" />");

    [Theory]
    [MemberData(nameof(Drawings))]
    public void All_that_draws_is_kept(string drawing) => CleanInside(drawing).Should().Be(Normal(drawing));

    [Theory]
    [MemberData(nameof(Attacks))]
    [MemberData(nameof(Drawings))]
    public void To_clean_twice_changes_nothing(string inside)
    {
        string once = Clean($"{Start}{inside}</svg>");

        Clean(once).Should().Be(once);
    }

    [Theory]
    [InlineData("EVIL")]
    [InlineData("<!ENTITY x SYSTEM \"file:///EVIL\">")]
    public void A_document_type_is_gone(string type)
    {
        string document = $"<?xml version=\"1.0\"?><!DOCTYPE svg [ {(type == "EVIL" ? "<!-- EVIL -->" : type)} ]>{Start}<rect/></svg>";

        Clean(document).Should().StartWith("<svg").And.NotContain("EVIL").And.NotContain("DOCTYPE");
    }

    [Theory]
    [InlineData("<!DOCTYPE svg [<!ENTITY x \"<g/>\">]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&x;</text></svg>")]
    [InlineData("<!DOCTYPE svg [<!ENTITY x \"&#60;g/>\">]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&x;</text></svg>")]
    [InlineData("<!DOCTYPE svg [<!ENTITY x \"&#x26;#60;g/>\">]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&x;</text></svg>")]
    [InlineData("<!DOCTYPE svg [<!ENTITY a \"a\"><!ENTITY x \"&a;&a;\">]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&x;</text></svg>")]
    [InlineData("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&x;</text></svg>")]
    [InlineData("<!DOCTYPE svg [<!ENTITY % x \"a\"><!ENTITY y \"%x;\">]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&y;</text></svg>")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"><rect></svg>")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\">")]
    public void Entities_that_are_not_plain_and_broken_XML_are_refused(string document)
    {
        Action act = () => Clean(document);

        act.Should().Throw<XmlException>();
    }

    [Theory]
    [InlineData("<html xmlns=\"http://www.w3.org/1999/xhtml\"><svg xmlns=\"http://www.w3.org/2000/svg\"/></html>")]
    [InlineData("<g xmlns=\"http://www.w3.org/2000/svg\"/>")]
    [InlineData("<svg xmlns=\"urn:other\"/>")]
    [InlineData("<!-- <svg> --><html><p>not even XML")]
    [InlineData("")]
    public void Another_document_is_refused(string document)
    {
        Action act = () => Clean(document);

        act.Should().Throw<InvalidImageException>().Which.Code.Should().Be("unsupported_format");
    }

    [Fact]
    public void A_drawing_without_a_namespace_is_given_its_own() =>
        Clean("<svg width=\"3\"><rect/></svg>").Should().Be("<svg xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"3\" height=\"150\" xmlns=\"http://www.w3.org/2000/svg\"><rect /></svg>");

    [Fact]
    public void Other_encodings_become_UTF8() =>
        Clean([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes($"{Start}<text>山</text></svg>")]).Should().Contain("山");

    [Theory]
    [InlineData("windows-1252", "Größe 12 €")]
    [InlineData("iso-8859-15", "Größe 12 €")]
    [InlineData("iso-8859-2", "Łódź")]
    [InlineData("windows-1251", "Гора")]
    [InlineData("koi8-r", "Гора")]
    [InlineData("shift_jis", "山")]
    [InlineData("gb18030", "山")]
    public void A_declared_encoding_becomes_UTF8(string name, string text)
    {
        Encoding encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);

        string clean = Clean(encoding.GetBytes($"<?xml version=\"1.0\" encoding=\"{name}\" standalone=\"no\"?>\n{Start}<text>{text}</text></svg>"));

        clean.Should().Contain($"<text>{text}</text>").And.NotContain("encoding");
    }

    [Theory]
    [InlineData("iso-8859-1")]
    [InlineData("US-ASCII")]
    public void Latin_1_is_read_with_the_signs_of_Windows_as_browsers_read_it(string name) =>
        Clean([.. Encoding.ASCII.GetBytes($"<?xml version=\"1.0\" encoding=\"{name}\"?>{Start}<text>"), 0x80, .. "</text></svg>"u8]).Should().Contain("€");

    [Fact]
    public void UTF8_that_says_it_is_UTF16_is_read_as_what_it_is() =>
        Clean(Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"utf-16\"?>{Start}<text>山</text></svg>")).Should().Contain("山");

    [Theory]
    [InlineData("utf-7", "*utf-7*not supported*")]
    [InlineData("x-nobody", "*x-nobody*not supported*")]
    [InlineData("utf-8", "*not valid*utf-8*")]
    public void An_encoding_that_is_unknown_or_not_kept_to_is_refused_by_its_name(string name, string detail)
    {
        Action act = () => Clean([.. Encoding.ASCII.GetBytes($"<?xml version=\"1.0\" encoding=\"{name}\"?>{Start}<text>"), 0xFF, .. "</text></svg>"u8]);

        act.Should().Throw<InvalidImageException>().WithMessage(detail).Which.Code.Should().Be("broken_image");
    }

    [Fact]
    public void Entities_of_plain_text_are_filled_in()
    {
        string clean = Clean("""
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
                <!ENTITY ns_svg "http://www.w3.org/2000/svg">
                <!ENTITY ns_ai 'http://ns.adobe.com/AdobeIllustrator/10.0/'> <!-- > ]]> -->
                <!ENTITY st0 "fill:#FFFFFF;stroke:none;">
                <!ENTITY st0 "fill:#000000;">
                <!ENTITY nbsp "&#160;&#x2013;">
                <!ENTITY outside SYSTEM "file:///etc/passwd">
                <!ATTLIST svg xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink" onload CDATA "EVIL">
                <?php EVIL ?>
            ]>
            <svg xmlns="&ns_svg;" xmlns:i="&ns_ai;" width="3" height="3"><i:pgf>EVIL</i:pgf><rect i:knockout="Off" style="&st0;"/><text>a&nbsp;b</text></svg>
            """);

        clean.Should().EndWith("<rect style=\"fill:#FFFFFF;stroke:none;\" /><text>a\u00A0\u2013b</text></svg>").And.NotContain("EVIL").And.NotContain("ENTITY");
    }

    [Fact]
    public void What_entities_stand_for_has_a_limit_that_is_asked_before_they_are_filled_in()
    {
        string document = $"<!DOCTYPE svg [<!ENTITY x \"{new string('x', 10_000)}\">]>{Start}<text>{string.Concat(Enumerable.Repeat("&x;", 201))}</text></svg>";

        Action act = () => Clean(document);

        act.Should().Throw<InvalidImageException>().Which.Code.Should().Be("image_too_complex");
    }

    [Fact]
    public void A_reference_to_what_is_not_declared_is_refused_by_its_name()
    {
        Action act = () => Clean($"<!DOCTYPE svg [<!ENTITY lol SYSTEM \"http://x\">]>{Start}<text>&lol;</text></svg>");

        act.Should().Throw<XmlException>().WithMessage("*lol*");
    }

    public static TheoryData<string, string> Spellings => new()
    {
        { "<style>/*<![CDATA[*/ .x{fill:#dc1e1e} /*]]>*/</style>", "<style>.x{fill:#dc1e1e;}</style>" },
        { "<style><![CDATA[ .x { FILL : red ; } ]]></style>", "<style>.x{fill:red;}</style>" },
        { "<style>.a{fill:red}<!-- .b{} --> .c{fill:blue}</style>", "<style>.a{fill:red;}.c{fill:blue;}</style>" },
        { "<style>.a{fill:red}&lt;!-- .b{fill:green} --&gt; .c{fill:blue}</style>", "<style>.a{fill:red;}.b{fill:green;}.c{fill:blue;}</style>" },
        { "<style>@charset \"utf-8\"; @font-face{font-family:x;src:url(x.woff)} .a{fill:red}</style>", "<style>.a{fill:red;}</style>" },
        { "<style>#a\\.b{fill:red} #\\31 st{fill:blue} .a\\:b{fill:green}</style>", "<style>#a\\2e b{fill:red;}#\\31 st{fill:blue;}.a\\3a b{fill:green;}</style>" },
        { "<rect fill=\"url(#a\\.b)\"/>", "<rect fill=\"url(&quot;#a.b&quot;)\" />" },
        { "<rect style=\"/* why */ fill : red !important ; unknown:1; -inkscape-stroke:none; stroke:/* x */blue\"/>", "<rect style=\"fill:red !important;stroke:blue;\" />" },
        { "<rect style=\"fill:rgb(1,2,3\"/>", "<rect />" },
        { "<style>.a{fill:red;stroke:weird(1);opacity:.5}</style>", "<style>.a{fill:red;opacity:.5;}</style>" },
        { "<use href=\" #a \"/>", "<use href=\"#a\" />" },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Style_is_read_as_browsers_read_it(string inside, string kept) => CleanInside(inside).Should().Be(kept);

    [Theory]
    [InlineData("data:image/png;base64,{0}")]
    [InlineData("  data:image/png;base64,\n  {1}\n")]
    [InlineData("data:image/png;base64,{2}")]
    [InlineData("data:image/png;charset=utf-8;BASE64,{0}")]
    [InlineData("data:;base64,{0}")]
    [InlineData("data:img/png;base64,{3}")]
    public void A_photo_inside_is_read_as_browsers_read_it(string address)
    {
        string photo = Convert.ToBase64String(Pictures.Png(31, 20)); // its base64 needs padding
        photo.Should().EndWith("=");
        string written = string.Format(null, address, photo, string.Join("\r\n\t ", photo.Chunk(60).Select(line => new string(line))), photo.TrimEnd('='), Uri.EscapeDataString(photo));

        CleanInside($"<image href=\"{written.Replace("\n", "&#10;", StringComparison.Ordinal)}\"/>").Should().Be($"<image href=\"data:image/png;base64,{photo}\" />");
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("image/jpeg")] // the bytes decide
    public void A_photo_inside_is_kept_by_what_its_bytes_are(string type)
    {
        string photo = Convert.ToBase64String(Pictures.Png(30, 20));

        CleanInside($"<image xlink:href=\"data:{type};base64,{photo}\" width=\"9\" height=\"9\"/>").Should().Contain($"xlink:href=\"data:image/png;base64,{photo}\"");
    }

    [Fact]
    public void Photos_inside_have_together_the_limit_of_one()
    {
        // Only the header claims 60 megapixels; each alone would pass.
        string photo = Convert.ToBase64String(PngThatClaims(10_000, 6_000));
        string image = $"<image href=\"data:image/png;base64,{photo}\"/>";

        CleanInside(image).Should().Contain(photo);
        Action act = () => CleanInside(image + image);
        act.Should().Throw<InvalidImageException>().Which.Code.Should().Be("image_too_complex");
    }

    private static byte[] PngThatClaims(int width, int height)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 1; // bit a pixel
        return [.. Pictures.Png(1, 1)[..8], .. Pictures.Chunk("IHDR", header), .. Pictures.Chunk("IDAT", Pictures.Deflate([])), .. Pictures.Chunk("IEND", [])];
    }

    private static string Clean(string document) => Clean(Encoding.UTF8.GetBytes(document));

    private static string Clean(byte[] document) => Encoding.UTF8.GetString(SvgSanitiser.Clean(SvgText.Read(document), SvgForm.Stored).Content);

    private static string CleanInside(string inside)
    {
        string clean = Clean($"{Start}{inside}</svg>");
        clean.Should().EndWith("</svg>");
        return clean[(clean.IndexOf('>', StringComparison.Ordinal) + 1)..^"</svg>".Length];
    }

    // The same XML as a writer formats it.
    private static string Normal(string inside) => inside.Replace("/>", " />", StringComparison.Ordinal);
}
