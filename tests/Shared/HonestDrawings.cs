using System.Globalization;
using System.Text;

namespace ImageBackend.Testing;

/// <summary>Drawings as well-known programs write them, with everything that surrounds the drawing itself; the same in every run.</summary>
internal static class HonestDrawings
{
    private const string Font = "DejaVu Sans";

    private static readonly string[] Colours = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"];

    /// <returns>Name and content of each.</returns>
    public static IEnumerable<(string Name, byte[] File)> All()
    {
        (string Program, Func<Source, int, byte[]> Draw, int Count)[] programs =
        [
            ("inkscape", Inkscape, 12), ("illustrator", Illustrator, 12), ("matplotlib", Matplotlib, 12), ("cairo", Cairo, 6), ("drawio", DrawIo, 8),
            ("figma", Figma, 10), ("qgis", Qgis, 8), ("leaflet", Leaflet, 8), ("graphviz", Graphviz, 8), ("d3", D3, 8), ("mermaid", Mermaid, 4),
            ("coreldraw", CorelDraw, 4), ("r-svglite", SvgLite, 4), ("libreoffice", LibreOffice, 4), ("potrace", Potrace, 3), ("gnuplot", Gnuplot, 4),
            ("sketch", Sketch, 4), ("plantuml", PlantUml, 3),
        ];
        foreach ((string program, Func<Source, int, byte[]> draw, int count) in programs)
        {
            for (int i = 0; i < count; i++)
            {
                yield return ($"{program}-{i + 1}", draw(new Source(i + (program.Length * 1000) + program[0]), i));
            }
        }
    }

    // Layers, RDF, a named view, styles in attributes with its own properties, millimetres.
    private static byte[] Inkscape(Source at, int variant)
    {
        string unit = new[] { "mm", "px", "in", "pt", "cm", "" }[variant % 6];
        (string width, string height) = unit == "in" ? ("4", "3") : unit == "cm" ? ("12", "9") : unit == "mm" ? ("200", "150") : ("480", "360");
        StringBuilder text = new("""
            <?xml version="1.0" encoding="UTF-8" standalone="no"?>
            <!-- Created with Inkscape (http://www.inkscape.org/) -->


            """);
        text.Append(null, $"""
            <svg xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
               xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"
               xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg" xmlns:svg="http://www.w3.org/2000/svg"
               width="{width}{unit}" height="{height}{unit}" viewBox="0 0 200 150" version="1.1" id="svg5" inkscape:version="1.2.2 (b0a8486541, 2022-12-01)" sodipodi:docname="map.svg">
              <sodipodi:namedview id="namedview7" pagecolor="#ffffff" bordercolor="#000000" inkscape:document-units="mm" showgrid="false" inkscape:zoom="0.7"><inkscape:grid type="xygrid" id="grid1"/></sodipodi:namedview>
              <metadata id="metadata5"><rdf:RDF><cc:Work rdf:about=""><dc:format>image/svg+xml</dc:format><dc:title>A map &amp; more</dc:title></cc:Work></rdf:RDF></metadata>
              <defs id="defs2">
                <linearGradient inkscape:collect="always" id="linearGradient1"><stop style="stop-color:{at.Colour()};stop-opacity:1;" offset="0" id="stop1"/><stop style="stop-color:{at.Colour()};stop-opacity:0;" offset="1" id="stop2"/></linearGradient>
                <linearGradient inkscape:collect="always" xlink:href="#linearGradient1" id="linearGradient2" x1="10" y1="10" x2="190" y2="140" gradientUnits="userSpaceOnUse"/>
                <radialGradient xlink:href="#linearGradient1" id="radialGradient3" cx="100" cy="75" fx="90" fy="70" r="60" gradientTransform="matrix(1,0,0,0.75,0,18.75)" gradientUnits="userSpaceOnUse"/>
                <inkscape:path-effect effect="spiro" id="path-effect1" is_visible="true"/>
                <filter style="color-interpolation-filters:sRGB" inkscape:collect="always" id="filter1" x="-0.05" y="-0.05" width="1.1" height="1.1"><feGaussianBlur inkscape:collect="always" stdDeviation="1.5" id="feGaussianBlur1"/></filter>
                <marker style="overflow:visible" id="Arrow1" refX="0" refY="0" orient="auto" inkscape:stockid="Arrow1" markerWidth="5" markerHeight="5" viewBox="0 0 5 5" preserveAspectRatio="xMidYMid"><path transform="scale(0.5)" style="fill:context-stroke;fill-rule:evenodd;stroke:context-stroke;stroke-width:1pt" d="M 5.77,0 -2.88,5 V -5 Z" id="path1"/></marker>
              </defs>
              <g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1" style="display:inline">
                <rect style="fill:url(#linearGradient2);fill-opacity:1;stroke:#000000;stroke-width:0.5;stroke-linejoin:round;-inkscape-stroke:none;paint-order:markers fill stroke" id="rect1" width="180" height="130" x="10" y="10" ry="6" sodipodi:nodetypes="ccccc"/>
                <ellipse style="opacity:0.7;fill:url(#radialGradient3);stroke:none" id="path2" cx="{at.Number(60, 140)}" cy="75" rx="45" ry="30"/>

            """);
        for (int i = 0; i < 12 + variant; i++)
        {
            text.Append(null, $"""    <path style="fill:{(i % 3 == 0 ? at.Colour() : "none")};stroke:{at.Colour()};stroke-width:{at.Number(0.3, 2)};stroke-linecap:round;stroke-miterlimit:4;stroke-dasharray:{(i % 4 == 0 ? "3, 1.5" : "none")}" d="m {at.Number(20, 150)},{at.Number(20, 110)} c {at.Number(1, 30)},{at.Number(-20, 20)} {at.Number(1, 30)},{at.Number(1, 20)} {at.Number(5, 35)},{at.Number(1, 20)}" id="path{i + 10}" inkscape:connector-curvature="0"/>{"\n"}""");
        }

        text.Append(null, $"""
                <g id="g1" transform="matrix(0.9,0.1,-0.1,0.9,5,3)"><path id="star" style="fill:{at.Colour()}" d="m 30,100 4,9 9,1 -7,6 2,9 -8,-5 -8,5 2,-9 -7,-6 9,-1 z" sodipodi:type="star"/></g>
                <use x="0" y="0" xlink:href="#star" id="use1" transform="translate(60,5)" width="100%" height="100%"/><use xlink:href="#g1" transform="rotate(10,100,75) translate(100,-20)" id="use2"/>
                <text xml:space="preserve" style="font-style:normal;font-weight:bold;font-size:9px;line-height:1.25;font-family:'{Font}';-inkscape-font-specification:'{Font}, Bold';font-variant-ligatures:normal;letter-spacing:0px;fill:#000000;stroke:none" x="40" y="30" id="text1"><tspan sodipodi:role="line" id="tspan1" x="40" y="30" style="stroke-width:0.26">Refuge du Goûter</tspan></text>
                <path style="fill:none;stroke:#a00000;stroke-width:1;filter:url(#filter1)" d="M 20,130 60,60 100,120 140,50 180,125" id="shadow"/>
              </g>
            </svg>
            """);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // Entities, private data, classes in CDATA, a switch for its own viewer, old encodings.
    private static byte[] Illustrator(Source at, int variant)
    {
        string encoding = new[] { "utf-8", "iso-8859-1", "windows-1252", "UTF-16" }[variant % 4];
        bool isStyledByEntities = variant % 3 == 2;
        StringBuilder shapes = new();
        for (int i = 0; i < 25; i++)
        {
            string style = isStyledByEntities ? $"style=\"&st{i % 5};\"" : $"class=\"st{i % 5}\"";
            shapes.Append(null, $"""<polygon {style} points="{at.Number(0, 280)},{at.Number(0, 180)} {at.Number(0, 280)},{at.Number(0, 180)} {at.Number(0, 280)},{at.Number(0, 180)} "/>{"\n"}""");
        }

        string[] rules = [.. Enumerable.Range(0, 5).Select(i => i == 4 ? $"fill:none;stroke:{at.Colour()};stroke-width:2;stroke-miterlimit:10;" : $"opacity:0.6;fill:{at.Colour()};")];
        string entities = isStyledByEntities ? string.Concat(rules.Select((rule, i) => $"\t<!ENTITY st{i} \"{rule}\">\n")) : string.Empty;
        string sheet = isStyledByEntities ? string.Empty
            : variant % 2 == 0 ? $"<style type=\"text/css\">\n<![CDATA[\n{string.Concat(rules.Select((rule, i) => $"\t.st{i}{{{rule}}}\n"))}]]>\n</style>"
            : $"<style type=\"text/css\">\n{string.Concat(rules.Select((rule, i) => $"\t.st{i}{{{rule}}}\n"))}</style>";
        string document = $"""
            <?xml version="1.0" encoding="{encoding}"?>
            <!-- Generator: Adobe Illustrator 25.0.0, SVG Export Plug-In . SVG Version: 6.00 Build 0)  -->
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
            	<!ENTITY ns_extend "http://ns.adobe.com/Extensibility/1.0/">
            	<!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
            	<!ENTITY ns_graphs "http://ns.adobe.com/Graphs/1.0/">
            	<!ENTITY ns_vars "http://ns.adobe.com/Variables/1.0/">
            	<!ENTITY ns_svg "http://www.w3.org/2000/svg">
            	<!ENTITY ns_xlink "http://www.w3.org/1999/xlink">
            {entities}]>
            <svg version="1.1" id="Ebene_1" xmlns:x="&ns_extend;" xmlns:i="&ns_ai;" xmlns:graph="&ns_graphs;" xmlns="&ns_svg;" xmlns:xlink="&ns_xlink;" x="0px" y="0px"
            	 {(variant % 2 == 0 ? "width=\"566.92px\" height=\"368.5px\" " : string.Empty)}viewBox="0 0 283.46 184.25" style="enable-background:new 0 0 283.46 184.25;" xml:space="preserve">
            {sheet}
            <metadata><sfw xmlns="http://ns.adobe.com/SaveForWeb/1.0/"><slices/></sfw></metadata>
            <switch>
            	<foreignObject requiredExtensions="&ns_ai;" x="0" y="0" width="1" height="1"><i:pgfRef  xlink:href="#adobe_illustrator_pgf"></i:pgfRef></foreignObject>
            	<g i:extraneous="self"><g id="Gr{'\u00F6'}{'\u00DF'}e_x0020_1">
            {shapes}
            	<text transform="matrix(1 0 0 1 20 40)"><tspan x="0" y="0" font-family="'{Font}'" font-size="14">Col d{'\u00E9'}couvert</tspan></text>
            	</g></g>
            </switch>
            <i:pgf  id="adobe_illustrator_pgf"><![CDATA[eJzsvWlzG0mSKPgX4j+gP4xZSU+FjvuozTE4
            ...]]></i:pgf>
            </svg>
            """;
        Encoding bytes = encoding == "UTF-16" ? Encoding.Unicode : CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding);
        return encoding == "UTF-16" ? [0xFF, 0xFE, .. bytes.GetBytes(document)] : bytes.GetBytes(document);
    }

    // A figure: a style for all, markers by use, clip paths, glyphs as paths.
    private static byte[] Matplotlib(Source at, int variant)
    {
        int points = 60 + (variant * 150);
        StringBuilder text = new($"""
            <?xml version="1.0" encoding="utf-8" standalone="no"?>
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
              "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
            <svg xmlns:xlink="http://www.w3.org/1999/xlink" width="460.8pt" height="345.6pt" viewBox="0 0 460.8 345.6" xmlns="http://www.w3.org/2000/svg" version="1.1">
             <metadata><rdf:RDF xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><cc:Work><dc:date>2026-01-01T00:00:00</dc:date></cc:Work></rdf:RDF></metadata>
             <defs><style type="text/css">*{"{stroke-linejoin: round; stroke-linecap: butt}"}</style></defs>
             <g id="figure_1"><g id="patch_1"><path d="M 0 345.6 L 460.8 345.6 L 460.8 0 L 0 0 z" style="fill: #ffffff"/></g>
             <g id="axes_1"><g id="patch_2"><path d="M 57.6 307.584 L 414.72 307.584 L 414.72 41.472 L 57.6 41.472 z" style="fill: #ffffff"/></g>
             <g id="PathCollection_1"><defs><path id="m0" d="M 0 3 C 0.8 3 1.55 2.68 2.12 2.12 C 2.68 1.55 3 0.8 3 0 C 3 -0.8 2.68 -1.55 2.12 -2.12 C 1.55 -2.68 0.8 -3 0 -3 C -0.8 -3 -1.55 -2.68 -2.12 -2.12 C -2.68 -1.55 -3 -0.8 -3 0 C -3 0.8 -2.68 1.55 -2.12 2.12 C -1.55 2.68 -0.8 3 0 3 z" style="stroke: #1f77b4"/></defs>
              <g clip-path="url(#p0)">

            """);
        for (int i = 0; i < points; i++)
        {
            string colour = at.Colour();
            text.Append(null, $"""   <use xlink:href="#m0" x="{at.Number(50, 420)}" y="{at.Number(35, 310)}" style="fill: {colour}; fill-opacity: 0.6; stroke: {colour}; stroke-opacity: 0.6"/>{"\n"}""");
        }

        text.Append("""  </g></g><g id="line2d_1"><path d="M 57.6 200""");
        for (int i = 1; i <= 100; i++)
        {
            text.Append(null, $" L {57.6 + (i * 3.57):0.###} {at.Number(120, 240)}");
        }

        text.Append("""
            " clip-path="url(#p0)" style="fill: none; stroke: #d62728; stroke-width: 1.5; stroke-linecap: square"/></g>
             <g id="matplotlib.axis_1">

            """);
        for (int tick = 0; tick < 6; tick++)
        {
            string x = Text(57.6 + (tick * 71.4));
            text.Append(null, $"""
                <g id="xtick_{tick}"><g id="line2d_{tick + 2}"><defs><path id="mt{tick}" d="M 0 0 L 0 3.5" style="stroke: #000000; stroke-width: 0.8"/></defs><g><use xlink:href="#mt{tick}" x="{x}" y="307.584" style="stroke: #000000; stroke-width: 0.8"/></g></g>
                <g id="text_{tick}"><!-- {tick} --><g transform="translate({x} 322) scale(0.1 -0.1)"><defs><path id="DejaVuSans-{tick}" d="M 2034 4250 Q 1547 4250 1301 3770 Q 1056 3291 1056 2328 Q 1056 1369 1301 889 Q 1547 409 2034 409 Q 2525 409 2770 889 Q 3016 1369 3016 2328 Q 3016 3291 2770 3770 Q 2525 4250 2034 4250 z" transform="scale(0.015625)"/></defs><use xlink:href="#DejaVuSans-{tick}"/><use xlink:href="#DejaVuSans-{tick}" x="63.623047"/></g></g></g>

                """);
        }

        text.Append("""
             </g><g id="patch_3"><path d="M 57.6 307.584 L 57.6 41.472" style="fill: none; stroke: #000000; stroke-width: 0.8; stroke-linejoin: miter; stroke-linecap: square"/></g>
             </g></g><defs><clipPath id="p0"><rect x="57.6" y="41.472" width="357.12" height="266.112"/></clipPath></defs>
            </svg>
            """);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // A page of text with one use for each letter, surfaces with clips and masks.
    private static byte[] Cairo(Source at, int variant)
    {
        int letters = 1200 + (variant * 1800);
        StringBuilder text = new("""
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="595.276pt" height="419.528pt" viewBox="0 0 595.276 419.528" version="1.1">
            <defs>
            <g><symbol overflow="visible" id="glyph0-0"><path style="stroke:none;" d="M 0.5 1.765625 L 0.5 -7.046875 L 5.5 -7.046875 L 5.5 1.765625 Z M 1.0625 1.21875 L 4.9375 1.21875 L 4.9375 -6.484375 L 1.0625 -6.484375 Z "/></symbol>
            <symbol overflow="visible" id="glyph0-1"><path style="stroke:none;" d="M 1 -7 L 2 -7 L 2 -4 L 5 -4 L 5 -7 L 6 -7 L 6 0 L 5 0 L 5 -3 L 2 -3 L 2 0 L 1 0 Z "/></symbol>
            <symbol overflow="visible" id="glyph0-2"><path style="stroke:none;" d="M 3 -6 C 1.5 -6 1 -5 1 -3 C 1 -1 1.5 0 3 0 C 4.5 0 5 -1 5 -3 C 5 -5 4.5 -6 3 -6 Z M 3 -5 C 4 -5 4 -4 4 -3 C 4 -2 4 -1 3 -1 C 2 -1 2 -2 2 -3 C 2 -4 2 -5 3 -5 Z "/></symbol></g>
            <clipPath id="clip1"><path d="M 20 20 L 575 20 L 575 400 L 20 400 Z M 20 20 "/></clipPath>
            </defs>
            <g id="surface1"><rect x="0" y="0" width="595.276" height="419.528" style="fill:rgb(100%,100%,100%);fill-opacity:1;stroke:none;"/>
            <g clip-path="url(#clip1)" clip-rule="nonzero">

            """);
        for (int i = 0; i < 30; i++)
        {
            text.Append(null, $"""<path style="fill:none;stroke-width:{at.Number(1, 8)};stroke-linecap:butt;stroke-linejoin:miter;stroke:rgb({at.Number(0, 100)}%,{at.Number(0, 100)}%,50%);stroke-opacity:1;stroke-miterlimit:10;" d="M {at.Number(0, 590)} {at.Number(0, 400)} C {at.Number(0, 590)} {at.Number(0, 400)} {at.Number(0, 590)} {at.Number(0, 400)} {at.Number(0, 590)} {at.Number(0, 400)} "/>{"\n"}""");
        }

        text.Append("</g>\n<g style=\"fill:rgb(0%,0%,0%);fill-opacity:1;\">\n");
        for (int i = 0; i < letters; i++)
        {
            text.Append(null, $"""  <use xlink:href="#glyph0-{i % 7 % 3}" x="{20 + (i % 90 * 6.1):0.######}" y="{30 + (i / 90 * 3.5):0.######}"/>{"\n"}""");
        }

        return Encoding.UTF8.GetBytes(text.Append("</g></g>\n</svg>\n").ToString());
    }

    // The diagram itself in an attribute, text as HTML with a fallback, colours for light and dark.
    private static byte[] DrawIo(Source at, int variant)
    {
        bool isNew = variant % 2 == 1;
        StringBuilder text = new($"""
            <svg xmlns="http://www.w3.org/2000/svg" {(isNew ? "style=\"background: transparent; background-color: transparent; color-scheme: light dark;\"" : "style=\"background-color: rgb(255, 255, 255);\"")} xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" width="481px" height="321px" viewBox="-0.5 -0.5 481 321" content="&lt;mxfile host=&quot;app.diagrams.net&quot;&gt;&lt;diagram&gt;jZJNT4QwEIZ&lt;/diagram&gt;&lt;/mxfile&gt;">
            <defs/><g>

            """);
        for (int i = 0; i < 9; i++)
        {
            int x = i % 3 * 160;
            int y = i / 3 * 110;
            string fill = at.Colour();
            string style = isNew ? $" style=\"fill: light-dark({fill}, var(--ge-dark-color, #121212)); stroke: light-dark(rgb(0, 0, 0), rgb(255, 255, 255));\"" : string.Empty;
            text.Append(null, $"""
                <g data-cell-id="cell-{i}"><g><rect x="{x}" y="{y}" width="120" height="60" rx="9" ry="9" fill="{fill}" stroke="rgb(0, 0, 0)"{style} pointer-events="all"/></g>
                <g><path d="M {x + 120} {y + 30} L {x + 153.63} {y + 30}" fill="none" stroke="rgb(0, 0, 0)" stroke-miterlimit="10" pointer-events="stroke"/><path d="M {x + 158.88} {y + 30} L {x + 151.88} {y + 33.5} L {x + 153.63} {y + 30} L {x + 151.88} {y + 26.5} Z" fill="rgb(0, 0, 0)" stroke="rgb(0, 0, 0)" stroke-miterlimit="10" pointer-events="all"/></g>
                <g><g transform="translate(-0.5 -0.5)"><text x="{x + 60}" y="{y + 34}" fill="rgb(0, 0, 0)" font-family="{Font}" font-size="12px" text-anchor="middle">Step {i + 1}</text></g></g></g>

                """);
        }

        text.Append("""
            </g><switch><g requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility"/><a transform="translate(0,-5)" xlink:href="https://www.drawio.com/doc/faq/svg-export-text-problems" target="_blank"><text text-anchor="middle" font-size="10px" x="50%" y="100%">Text is not SVG - cannot display</text></a></switch></svg>
            """);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // Shadows, masks, clips, a picture as a pattern.
    private static byte[] Figma(Source at, int variant)
    {
        string picture = Convert.ToBase64String(Pictures.Png(40, 30));
        StringBuilder text = new("""
            <svg width="390" height="260" viewBox="0 0 390 260" fill="none" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
            <g clip-path="url(#clip0_12_34)">
            <rect width="390" height="260" fill="#F8F9FB"/>

            """);
        for (int i = 0; i < 4; i++)
        {
            text.Append(null, $"""
                <g filter="url(#filter{i}_d_12_34)"><rect x="{20 + (i * 90)}" y="{at.Number(20, 60)}" width="80" height="100" rx="12" fill="{(i % 2 == 0 ? "white" : $"url(#paint{i}_linear_12_34)")}"/></g>
                <path fill-rule="evenodd" clip-rule="evenodd" d="M{30 + (i * 90)} {at.Number(150, 180)}C{40 + (i * 90)} {at.Number(130, 180)} {70 + (i * 90)} {at.Number(150, 220)} {90 + (i * 90)} {at.Number(170, 230)}V240H{30 + (i * 90)}V160Z" fill="{at.Colour()}" fill-opacity="0.8"/>

                """);
        }

        text.Append(null, $"""
            <mask id="mask0_12_34" style="mask-type:{(variant % 2 == 0 ? "alpha" : "luminance")}" maskUnits="userSpaceOnUse" x="280" y="150" width="90" height="90"><circle cx="325" cy="195" r="45" fill="#D9D9D9"/></mask>
            <g mask="url(#mask0_12_34)"><rect x="270" y="140" width="120" height="110" fill="url(#pattern0_12_34)"/></g>
            <text fill="black" xml:space="preserve" style="white-space: pre" font-family="{Font}" font-size="16" font-weight="bold" letter-spacing="0em"><tspan x="24" y="252">Sommets {variant}</tspan></text>
            </g>
            <defs>
            <pattern id="pattern0_12_34" patternContentUnits="objectBoundingBox" width="1" height="1"><use xlink:href="#image0_12_34" transform="matrix(0.025 0 0 0.0333333 0 0)"/></pattern>

            """);
        for (int i = 0; i < 4; i++)
        {
            text.Append(null, $"""
                <filter id="filter{i}_d_12_34" x="{4 + (i * 90)}" y="4" width="112" height="180" filterUnits="userSpaceOnUse" color-interpolation-filters="sRGB"><feFlood flood-opacity="0" result="BackgroundImageFix"/><feColorMatrix in="SourceAlpha" type="matrix" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 127 0" result="hardAlpha"/><feOffset dy="4"/><feGaussianBlur stdDeviation="6"/></filter>
                <linearGradient id="paint{i}_linear_12_34" x1="{20 + (i * 90)}" y1="20" x2="{100 + (i * 90)}" y2="140" gradientUnits="userSpaceOnUse"><stop stop-color="{at.Colour()}"/><stop offset="1" stop-color="{at.Colour()}" stop-opacity="0.4"/></linearGradient>

                """);
        }

        text.Append(null, $"""
            <clipPath id="clip0_12_34"><rect width="390" height="260" rx="16" fill="white"/></clipPath>
            <image id="image0_12_34" width="40" height="30" xlink:href="data:image/png;base64,{picture}"/>
            </defs>
            </svg>
            """);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // Qt's: everything on each group, millimetres, thousands of points.
    private static byte[] Qgis(Source at, int variant)
    {
        int areas = 20 + (variant * 7);
        StringBuilder text = new("""
            <?xml version="1.0" encoding="UTF-8" standalone="no"?>
            <svg width="297mm" height="210mm"
             viewBox="0 0 3507 2480"
             xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"  version="1.2" baseProfile="tiny">
            <title>QGIS Map Export</title>
            <desc>Generated with Qt</desc>
            <defs>
            </defs>
            <g fill="none" stroke="black" stroke-width="1" fill-rule="evenodd" stroke-linecap="square" stroke-linejoin="bevel" >
            <g fill="#ffffff" fill-opacity="1" stroke="none" transform="matrix(1,0,0,1,0,0)"
            font-family="MS Shell Dlg 2" font-size="8.25" font-weight="400" font-style="normal" 
            >
            <rect x="0" y="0" width="3507" height="2480"/>
            </g>

            """);
        for (int i = 0; i < areas; i++)
        {
            text.Append(null, $"""
                <g fill="{(i % 3 == 2 ? "none" : at.Colour())}" fill-opacity="0.6" stroke="#232323" stroke-opacity="1" stroke-width="{at.Number(1, 7)}" stroke-linecap="round" stroke-linejoin="round" transform="matrix(1,0,0,1,0,0)"
                font-family="MS Shell Dlg 2" font-size="8.25" font-weight="400" font-style="normal" 
                >
                <path vector-effect="none" fill-rule="evenodd" d="M{at.Number(100, 3000)},{at.Number(100, 2000)}
                """);
            text.Append(at.Walk(120, 14)).Append(i % 3 == 2 ? string.Empty : "z").Append("\"/>\n</g>\n\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("</g>\n</svg>\n").ToString());
    }

    // Taken from a page: classes of the library, CSS transforms, no declaration.
    private static byte[] Leaflet(Source at, int variant)
    {
        StringBuilder text = new("""<svg xmlns="http://www.w3.org/2000/svg" pointer-events="none" class="leaflet-zoom-animated" width="720" height="480" viewBox="-60 -40 720 480" style="transform: translate3d(0px, 0px, 0px);"><g>""");
        for (int i = 0; i < 12 + (variant * 4); i++)
        {
            text.Append(null, $"""<path class="leaflet-interactive" stroke="{at.Colour()}" stroke-opacity="1" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" fill="{at.Colour()}" fill-opacity="0.2" fill-rule="evenodd" d="M{at.Number(-60, 600)} {at.Number(-40, 400)}{at.Walk(30, 12)}"></path>""");
        }

        for (int i = 0; i < 40; i++)
        {
            string x = at.Number(-40, 640);
            string y = at.Number(-20, 420);
            text.Append(null, $"""<path class="leaflet-interactive" stroke="#3388ff" stroke-width="2" fill="#ff0" fill-opacity="0.9" d="M{x},{y}m-6,0a6,6 0 1,0 12,0 a6,6 0 1,0 -12,0 "></path>""");
        }

        return Encoding.UTF8.GetBytes(text.Append("</g></svg>").ToString());
    }

    private static byte[] Graphviz(Source at, int variant)
    {
        int nodes = 6 + (variant * 2);
        StringBuilder text = new($"""
            <?xml version="1.0" encoding="UTF-8" standalone="no"?>
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
             "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
            <!-- Generated by graphviz version 2.43.0 (0)
             -->
            <!-- Title: G Pages: 1 -->
            <svg width="420pt" height="{nodes * 36}pt"
             viewBox="0.00 0.00 420.00 {nodes * 36}.00" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
            <g id="graph0" class="graph" transform="scale(1 1) rotate(0) translate(4 {(nodes * 36) - 4})">
            <title>G</title>
            <polygon fill="white" stroke="transparent" points="-4,4 -4,-{(nodes * 36) - 4} 416,-{(nodes * 36) - 4} 416,4 -4,4"/>

            """);
        for (int i = 0; i < nodes; i++)
        {
            double x = 60 + (i % 3 * 140);
            double y = -20 - (i * 34);
            text.Append(null, $"""
                <!-- n{i} -->
                <g id="node{i + 1}" class="node">
                <title>n{i}</title>
                <g id="a_node{i + 1}"><a xlink:href="https://example.org/{i}" xlink:title="n{i}">
                <ellipse fill="{at.Colour()}" stroke="black" cx="{x}" cy="{y}" rx="40" ry="14"/>
                <text text-anchor="middle" x="{x}" y="{y + 4}" font-family="{Font}" font-size="12.00">node {i}</text>
                </a>
                </g>
                </g>
                <g id="edge{i + 1}" class="edge"><title>n{i}&#45;&gt;n{i + 1}</title>
                <path fill="none" stroke="black" d="M{x + 20},{y - 12}C{x + 60},{y - 20} {x + 80},{y - 24} {x + 100},{y - 28}"/>
                <polygon fill="black" stroke="black" points="{x + 100},{y - 31} {x + 109},{y - 30} {x + 101},{y - 25}"/></g>

                """);
        }

        return Encoding.UTF8.GetBytes(text.Append("</g>\n</svg>\n").ToString());
    }

    // A page's chart: only a viewBox, rules with selectors of all kinds, variables.
    private static byte[] D3(Source at, int variant)
    {
        StringBuilder text = new($$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" font-family="{{Font}}" font-size="12" style="max-width: 100%; height: auto; font: 12px '{{Font}}';">
            <style>
              /* bars > lines */
              :root { --main: {{at.Colour()}}; --line: #333 }
              @media (prefers-color-scheme: dark) { :root { --main: #fff } }
              @media print { .bar { display: none } }
              @media screen { .grid line { stroke: #ddd; } }
              .bar:nth-child(2n) { fill: var(--main); }
              .bar:nth-child(2n+1), rect[data-none="x"] { fill: {{at.Colour()}}; opacity: .85 !important; }
              [class^="axis"] path, g.axis > line { stroke: var(--line, black); fill: none; }
              text:not(.title) { fill: #444; font-size: 11px }
              .title { font: bold 16px "{{Font}}", sans-serif }
              @keyframes grow { from { transform: scaleY(.9) } 50%, to { transform: none } }
              .bar { transition: fill .2s ease-in; cursor: pointer }
            </style>
            <g class="grid">{{string.Concat(Enumerable.Range(1, 7).Select(i => $"<line x1='40' x2='620' y1='{i * 48}' y2='{i * 48}'/>"))}}</g><g class="bars">
            """);
        for (int i = 0; i < 20 + variant; i++)
        {
            double top = 380 - double.Parse(at.Number(30, 300), CultureInfo.InvariantCulture);
            text.Append(null, $"""<rect class="bar" x="{46 + (i * 560.0 / (20 + variant)):0.##}" y="{top:0.##}" width="{500.0 / (20 + variant):0.##}" height="{380 - top:0.##}"><title>{i}</title></rect>""");
        }

        text.Append("""</g><g class="axis-y" transform="translate(40,0)" text-anchor="end"><path class="domain" d="M-6,20H0.5V380.5H-6"/>""");
        for (int i = 1; i < 8; i++)
        {
            text.Append(null, $"""<g class="tick" opacity="1" transform="translate(0,{i * 48})"><line stroke="currentColor" x2="-6"/><text x="-9" dy="0.32em">{800 - (i * 100)}</text></g>""");
        }

        return Encoding.UTF8.GetBytes(text.Append("""</g><text class="title" x="330" y="16" text-anchor="middle">Altitude (m)</text></svg>""").ToString());
    }

    // Everything by rules that begin with the drawing's id.
    private static byte[] Mermaid(Source at, int variant)
    {
        StringBuilder text = new($$"""
            <svg id="mermaid-17" width="100%" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" style="max-width: 420px;" viewBox="0 0 420 300" role="graphics-document document" aria-roledescription="sequence"><style>#mermaid-17{font-family:"{{Font}}",sans-serif;font-size:16px;fill:#333;}@keyframes edge-animation-frame{from{stroke-dashoffset:0;} }@keyframes dash{to{stroke-dashoffset:0;} }#mermaid-17 .edge{stroke-dasharray:9,5!important;animation:dash 50s linear infinite;stroke-linecap:round;}#mermaid-17 .actor{stroke:hsl(259.6261682243, 59.7765363128%, 87.9019607843%);fill:#ECECFF;}#mermaid-17 text.actor>tspan{fill:black;stroke:none;}#mermaid-17 .line{stroke:{{at.Colour()}};stroke-width:1.5;fill:none;}#mermaid-17 :root{--mermaid-font-family:"{{Font}}";}#mermaid-17 [id$="head"] path{fill:#333;stroke:#333;}</style><g/>
            <defs><marker id="arrowhead" refX="7.9" refY="5" markerUnits="userSpaceOnUse" markerWidth="12" markerHeight="12" orient="auto-start-reverse"><path d="M -1 0 L 10 5 L 0 10 z"/></marker></defs>
            """);
        for (int i = 0; i < 3; i++)
        {
            text.Append(null, $"""<g><line x1="{70 + (i * 140)}" y1="60" x2="{70 + (i * 140)}" y2="290" class="actor-line" stroke-width="0.5px" stroke="#999"/><g><rect x="{10 + (i * 140)}" y="10" width="120" height="50" rx="3" ry="3" class="actor actor-top"/><text x="{70 + (i * 140)}" y="35" dominant-baseline="central" alignment-baseline="central" class="actor actor-box" style="text-anchor: middle; font-size: 16px; font-weight: 400;"><tspan x="{70 + (i * 140)}" dy="0">Actor {i}</tspan></text></g></g>""");
        }

        for (int i = 0; i < 5 + variant; i++)
        {
            text.Append(null, $"""<line x1="{70 + (i % 2 * 140)}" y1="{90 + (i * 25)}" x2="{206 + (i % 2 * 140)}" y2="{90 + (i * 25)}" class="line" marker-end="url(#arrowhead)"/>""");
        }

        return Encoding.UTF8.GetBytes(text.Append("</svg>").ToString());
    }

    private static byte[] CorelDraw(Source at, int variant)
    {
        StringBuilder text = new($$"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
            <!-- Creator: CorelDRAW X7 -->
            <svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" width="100mm" height="70mm" version="1.1" style="shape-rendering:geometricPrecision; text-rendering:geometricPrecision; image-rendering:optimizeQuality; fill-rule:evenodd; clip-rule:evenodd"
            viewBox="0 0 10000 7000"
             xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xodm="http://www.corel.com/coreldraw/odm/2003">
             <defs>
              <style type="text/css">
               <![CDATA[
                .str0 {stroke:#2B2A29;stroke-width:{{20 + (variant * 20)}}}
                .fil1 {fill:{{at.Colour()}}}
                .fil0 {fill:{{at.Colour()}};fill-opacity:0.501961}
                .fil2 {fill:url(#id0)}
                .fnt0 {font-weight:normal;font-size:705.56px;font-family:'{{Font}}'}
               ]]>
              </style>
              <linearGradient id="id0" gradientUnits="userSpaceOnUse" x1="0" y1="0" x2="10000" y2="0"><stop offset="0" style="stop-opacity:1; stop-color:{{at.Colour()}}"/><stop offset="1" style="stop-opacity:1; stop-color:#FEFEFE"/></linearGradient>
             </defs>
             <g id="Plan_x0020_1"><metadata id="CorelCorpID_0Corel-Layer"/><rect class="fil2" width="10000" height="7000"/>
            """);
        for (int i = 0; i < 15; i++)
        {
            text.Append(null, $"""  <path class="fil{i % 2} str0" d="M{at.Number(500, 8000)} {at.Number(500, 5000)}{at.Walk(12, 900)}z"/>{"\n"}""");
        }

        return Encoding.UTF8.GetBytes(text.Append("""  <text x="600" y="6500" class="fil1 fnt0">Chamonix</text> </g></svg>""").ToString());
    }

    private static byte[] SvgLite(Source at, int variant)
    {
        StringBuilder text = new($$"""
            <?xml version='1.0' encoding='UTF-8' ?>
            <svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' class='svglite' width='504.00pt' height='360.00pt' viewBox='0 0 504.00 360.00'>
            <defs>
              <style type='text/css'><![CDATA[
                .svglite line, .svglite polyline, .svglite polygon, .svglite path, .svglite rect, .svglite circle {
                  fill: none;
                  stroke: #000000;
                  stroke-linecap: round;
                  stroke-linejoin: round;
                  stroke-miterlimit: 10.00;
                }
                .svglite text {
                  white-space: pre;
                }
                .svglite g.glyphgroup path {
                  fill: inherit;
                  stroke: none;
                }
              ]]></style>
            </defs>
            <rect width='100%' height='100%' style='stroke: none; fill: #FFFFFF;'/>
            <defs><clipPath id='cpNTkuMDR8NDczLjc2fDU5LjA0fDI4Ni41Ng=='><rect x='59.04' y='59.04' width='414.72' height='227.52' /></clipPath></defs>
            <g clip-path='url(#cpNTkuMDR8NDczLjc2fDU5LjA0fDI4Ni41Ng==)'>
            """);
        for (int i = 0; i < 100 + (variant * 200); i++)
        {
            text.Append(null, $"<circle cx='{at.Number(59, 470)}' cy='{at.Number(59, 286)}' r='2.70' style='stroke-width: 0.75; stroke: {at.Colour()};' />\n");
        }

        text.Append(null, $"""
            </g><polyline points='{string.Join(' ', Enumerable.Range(0, 40).Select(i => $"{60 + (i * 10)},{at.Number(80, 260)}"))} ' style='stroke-width: 1.5; stroke: #DF536B;' />
            <rect x='59.04' y='59.04' width='414.72' height='227.52' style='stroke-width: 0.75;' />
            <text x='266.40' y='338.40' text-anchor='middle' style='font-size: 12.00px; font-family: "{Font}";' textLength='50.04px' lengthAdjust='spacingAndGlyphs'>distance</text>
            </svg>
            """);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] LibreOffice(Source at, int variant)
    {
        StringBuilder text = new($"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
            <svg version="1.2" width="140mm" height="100mm" viewBox="0 0 14000 10000" preserveAspectRatio="xMidYMid" fill-rule="evenodd" stroke-width="28.222" stroke-linejoin="round" xmlns="http://www.w3.org/2000/svg" xmlns:ooo="http://xml.openoffice.org/svg/export" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:presentation="http://sun.com/xmlns/staroffice/presentation" xml:space="preserve">
             <defs class="ClipPathGroup"><clipPath id="presentation_clip_path" clipPathUnits="userSpaceOnUse"><rect x="0" y="0" width="14000" height="10000"/></clipPath></defs>
             <defs><font id="EmbeddedFont_1" horiz-adv-x="2048"><font-face font-family="Liberation Sans embedded" units-per-em="2048"/><missing-glyph horiz-adv-x="2048" d="M 0,0 L 2047,0 2047,2047 Z"/></font></defs>
             <defs class="TextShapeIndex"><g ooo:slide="id1" ooo:id-list="id3 id4"/></defs>
             <g id="id2" class="Master_Slide"><g id="bg-id2" class="Background"/></g>
             <g class="SlideGroup"><g><g id="container-id1"><g id="id1" class="Slide" clip-path="url(#presentation_clip_path)"><g class="Page">

            """);
        for (int i = 0; i < 12 + variant; i++)
        {
            text.Append(null, $"""  <g class="com.sun.star.drawing.CustomShape"><g id="id{i + 3}"><rect class="BoundingBox" stroke="none" fill="none" x="0" y="0" width="10" height="10"/><path fill="rgb({at.Byte()},{at.Byte()},{at.Byte()})" stroke="rgb(52,101,164)" d="M {at.Number(500, 9000)},{at.Number(500, 7000)} l {at.Number(500, 3000)},0 0,{at.Number(500, 2000)} -{at.Number(500, 3000)},{at.Number(1, 500)} Z"/></g></g>{"\n"}""");
        }

        text.Append(null, $"""
              <text class="SVGTextShape"><tspan class="TextParagraph" font-family="{Font}, sans-serif" font-size="635px" font-weight="400"><tspan class="TextPosition" x="1500" y="9200"><tspan fill="rgb(0,0,0)" stroke="none" style="white-space: pre">Itinéraire</tspan></tspan></tspan></text>
             </g></g></g></g></g></svg>
            """);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // One path, flipped and scaled.
    private static byte[] Potrace(Source at, int variant)
    {
        StringBuilder path = new();
        for (int i = 0; i < 300 * (variant + 1); i++)
        {
            path.Append(null, $"M{at.Number(200, 5800)} {at.Number(200, 3800)} c{at.Number(10, 90)} {at.Number(-60, 60)} {at.Number(60, 150)} {at.Number(-60, 60)} {at.Number(60, 150)} {at.Number(20, 90)} 0 {at.Number(10, 50)} -{at.Number(10, 80)} {at.Number(10, 80)} -{at.Number(10, 90)} {at.Number(1, 40)}z\n");
        }

        return Encoding.UTF8.GetBytes($"""
            <?xml version="1.0" standalone="no"?>
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 20010904//EN"
             "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd">
            <svg version="1.0" xmlns="http://www.w3.org/2000/svg"
             width="600.000000pt" height="400.000000pt" viewBox="0 0 600.000000 400.000000"
             preserveAspectRatio="xMidYMid meet">
            <metadata>
            Created by potrace 1.16, written by Peter Selinger 2001-2019
            </metadata>
            <g transform="translate(0.000000,400.000000) scale(0.100000,-0.100000)"
            fill="{at.Colour()}" stroke="none">
            <path d="{path}"/>
            </g>
            </svg>
            """);
    }

    private static byte[] Gnuplot(Source at, int variant)
    {
        StringBuilder text = new($"""
            <?xml version="1.0" encoding="utf-8"  standalone="no"?>
            <svg 
             width="600" height="480"
             viewBox="0 0 600 480"
             xmlns="http://www.w3.org/2000/svg"
             xmlns:xlink="http://www.w3.org/1999/xlink"
            >

            <title>Gnuplot</title>
            <desc>Produced by GNUPLOT 5.4 patchlevel 4 </desc>

            <g id="gnuplot_canvas">

            <rect x="0" y="0" width="600" height="480" fill="none"/>
            <defs>

            	<circle id='gpDot' r='0.5' stroke-width='0.5' stroke='currentColor'/>
            	<path id='gpPt0' stroke-width='0.222' stroke='currentColor' d='M-1,0 h2 M0,-1 v2'/>
            	<path id='gpPt1' stroke-width='0.222' stroke='currentColor' d='M-1,-1 L1,1 M1,-1 L-1,1'/>
            	<filter id='textbox' filterUnits='objectBoundingBox' x='0' y='0' height='1' width='1'><feFlood flood-color='white' flood-opacity='1' result='bgnd'/><feComposite in='SourceGraphic' in2='bgnd' operator='atop'/></filter>
            </defs>
            <g fill="none" color="white" stroke="currentColor" stroke-width="1.00" stroke-linecap="butt" stroke-linejoin="miter"></g>
            <g fill="none" color="black" stroke="currentColor" stroke-width="1.00" stroke-linecap="butt" stroke-linejoin="miter">
            	<path stroke='black'  d='M54.53,444.00 L63.53,444.00 M575.00,444.00 L566.00,444.00  '/>	<g transform="translate(46.14,447.90)" stroke="none" fill="black" font-family="{Font}" font-size="12.00"  text-anchor="end"><text><tspan font-family="{Font}" >-10</tspan></text></g>
            </g>
            <g fill="none" color="{at.Colour()}" stroke="currentColor" stroke-width="2.00">

            """);
        for (int i = 0; i < 80 + (variant * 60); i++)
        {
            text.Append(null, $"<use xlink:href='#gpPt{i % 2}' transform='translate({at.Number(54, 575)},{at.Number(20, 440)}) scale(4.50)' color='{at.Colour()}'/>\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("</g></g>\n</svg>\n").ToString());
    }

    private static byte[] Sketch(Source at, int variant)
    {
        StringBuilder text = new($"""
            <?xml version="1.0" encoding="UTF-8"?>
            <svg width="320px" height="240px" viewBox="0 0 320 240" version="1.1" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:sketch="http://www.bohemiancoding.com/sketch/ns">
                <!-- Generator: Sketch 52.4 (67378) - http://www.bohemiancoding.com/sketch -->
                <title>Group (1) & more</title>
                <desc>Created with Sketch.</desc>
                <defs>
                    <path d="M20,20 L300,20 L300,{at.Number(120, 200)} C250,230 100,150 20,200 Z" id="path-1"></path>
                    <linearGradient x1="50%" y1="0%" x2="50%" y2="100%" id="linearGradient-3"><stop stop-color="{at.Colour()}" offset="0%"></stop><stop stop-color="{at.Colour()}" offset="100%"></stop></linearGradient>
                    <filter x="-6.2%" y="-12.5%" width="112.5%" height="125.0%" filterUnits="objectBoundingBox" id="filter-2"><feOffset dx="0" dy="2" in="SourceAlpha" result="shadowOffsetOuter1"></feOffset><feGaussianBlur stdDeviation="4" in="shadowOffsetOuter1" result="shadowBlurOuter1"></feGaussianBlur><feColorMatrix values="0 0 0 0 0   0 0 0 0 0   0 0 0 0 0  0 0 0 0.5 0" type="matrix" in="shadowBlurOuter1"></feColorMatrix></filter>
                </defs>
                <g id="Page (1)" stroke="none" stroke-width="1" fill="none" fill-rule="evenodd" sketch:type="MSPage">
                    <g id="Rectangle"><use fill="black" fill-opacity="1" filter="url(#filter-2)" xlink:href="#path-1"></use><use fill="url(#linearGradient-3)" fill-rule="evenodd" xlink:href="#path-1"></use></g>
                    <mask id="mask-4" fill="white"><use xlink:href="#path-1"></use></mask>
            """.Replace("(1) & more", "(1) &amp; more", StringComparison.Ordinal));
        for (int i = 0; i < 6 + variant; i++)
        {
            text.Append(null, $"""<circle fill="{at.Colour()}" mask="url(#mask-4)" opacity="0.7" cx="{at.Number(20, 300)}" cy="{at.Number(20, 200)}" r="{at.Number(10, 40)}"></circle>""");
        }

        return Encoding.UTF8.GetBytes(text.Append(null, $"""<text id="Label" font-family="{Font}, ArialMT" font-size="18" fill="#FFFFFF"><tspan x="40" y="60">Label</tspan></text></g></svg>""").ToString());
    }

    private static byte[] PlantUml(Source at, int variant)
    {
        StringBuilder text = new("""<?xml version="1.0" encoding="UTF-8" standalone="no"?><?plantuml 1.2023.11?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" contentStyleType="text/css" height="260px" preserveAspectRatio="none" style="width:360px;height:260px;background:#FFFFFF;" version="1.1" viewBox="0 0 360 260" width="360px" zoomAndPan="magnify"><defs/><g>""");
        for (int i = 0; i < 4 + variant; i++)
        {
            text.Append(null, $"""<!--class A{i}--><g id="elem_A{i}"><rect codeLine="{i}" fill="#F1F1F1" height="48" id="A{i}" rx="2.5" ry="2.5" style="stroke:#181818;stroke-width:0.5;" width="80" x="{20 + (i % 3 * 110)}" y="{20 + (i / 3 * 90)}"/><ellipse cx="{36 + (i % 3 * 110)}" cy="{36 + (i / 3 * 90)}" fill="{at.Colour()}" rx="11" ry="11" style="stroke:#181818;stroke-width:1.0;"/><text fill="#000000" font-family="{Font}" font-size="14" lengthAdjust="spacing" textLength="18" x="{56 + (i % 3 * 110)}" y="{41 + (i / 3 * 90)}">A{i}</text></g>""");
        }

        return Encoding.UTF8.GetBytes(text.Append("<!--SRC=[xyz]--></g></svg>").ToString());
    }

    private static string Text(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>Numbers and colours that look random.</summary>
    private sealed class Source(int seed)
    {
        private readonly Random _random = new(seed);

        public string Number(double least, double most) => Text(least + (_random.NextDouble() * (most - least)));

        public string Colour() => Colours[_random.Next(Colours.Length)];

        public int Byte() => _random.Next(256);

        // Steps of a coast or a path, which continues more or less in its previous direction.
        public string Walk(int steps, double length)
        {
            StringBuilder walk = new();
            double angle = _random.NextDouble() * 2 * Math.PI;
            for (int i = 0; i < steps; i++)
            {
                angle += (_random.NextDouble() - 0.42) * 1.2;
                walk.Append('l').Append(Text(length * Math.Cos(angle))).Append(',').Append(Text(length * Math.Sin(angle)));
            }

            return walk.ToString();
        }
    }
}
