using System.Buffers;
using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>
/// What a drawing may contain: names of SVG 1.1 and 2 that draw, style or animate; none that runs, fetches or embeds a document.
/// </summary>
internal static partial class SvgVocabulary
{
    public const string Namespace = "http://www.w3.org/2000/svg";

    public static readonly FrozenSet<string> Animations = Words("animate animateMotion animateTransform set");

    public static readonly FrozenSet<string> Elements = Words("""
        svg g defs symbol use switch a title desc style
        path rect circle ellipse line polyline polygon image text tspan textPath
        linearGradient radialGradient stop pattern marker mask clipPath
        filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap
        feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode
        feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence
        animate animateMotion animateTransform set mpath
        """);

    /// <summary>CSS properties; each is an attribute too.</summary>
    public static readonly FrozenSet<string> Properties = Words("""
        alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation color-interpolation-filters color-rendering
        direction display dominant-baseline enable-background fill fill-opacity fill-rule filter flood-color flood-opacity
        font font-family font-size font-size-adjust font-stretch font-style font-variant font-weight
        glyph-orientation-horizontal glyph-orientation-vertical image-rendering isolation kerning letter-spacing lighting-color line-height
        marker marker-end marker-mid marker-start mask mask-type mix-blend-mode opacity overflow paint-order pointer-events shape-rendering
        stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit
        stroke-opacity stroke-width text-align text-anchor text-decoration text-rendering transform transform-origin
        unicode-bidi vector-effect visibility white-space word-spacing writing-mode
        """);

    /// <summary>Properties that are kept in CSS but are not attributes, or are different ones.</summary>
    public static readonly FrozenSet<string> Styles = Properties.Concat(Words("""
        animation animation-composition animation-delay animation-direction animation-duration animation-fill-mode animation-iteration-count
        animation-name animation-play-state animation-timing-function transition transition-delay transition-duration transition-property
        transition-timing-function will-change transform-box transform-style backface-visibility perspective perspective-origin
        translate rotate scale background background-color x y cx cy r rx ry
        font-feature-settings font-kerning font-optical-sizing font-variant-alternates font-variant-caps font-variant-east-asian
        font-variant-ligatures font-variant-numeric font-variant-position font-variation-settings font-synthesis
        text-decoration-color text-decoration-line text-decoration-style text-decoration-thickness text-indent text-orientation text-transform
        text-underline-offset solid-color solid-opacity inline-size shape-margin shape-padding cursor user-select
        """)).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>CSS functions in lowercase; none of them takes an address.</summary>
    public static readonly FrozenSet<string> Functions = Words("""
        rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark
        matrix matrix3d translate translatex translatey translatez translate3d scale scalex scaley scalez scale3d
        rotate rotatex rotatey rotatez rotate3d skew skewx skewy perspective
        calc min max clamp var circle ellipse inset polygon path rect cubic-bezier steps linear
        blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia
        """);

    /// <summary>Functions in selectors, in lowercase.</summary>
    public static readonly FrozenSet<string> SelectorFunctions = Words("not is where has lang nth-child nth-last-child nth-of-type nth-last-of-type");

    /// <summary>Characters of values that need no parsing: they can't form a function, quote, escape or comment.</summary>
    public static readonly SearchValues<char> PlainCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,#%+-_");

    public static readonly FrozenSet<string> Attributes = Properties.Concat(Words("""
        id class style lang version viewBox preserveAspectRatio width height x y x1 y1 x2 y2 cx cy r rx ry fx fy fr d points pathLength
        dx dy rotate textLength lengthAdjust startOffset method spacing side type media
        gradientUnits gradientTransform spreadMethod offset patternUnits patternContentUnits patternTransform
        clipPathUnits maskUnits maskContentUnits markerUnits markerWidth markerHeight refX refY orient
        filterUnits primitiveUnits in in2 result mode values operator k1 k2 k3 k4 order kernelMatrix divisor bias targetX targetY
        edgeMode kernelUnitLength preserveAlpha surfaceScale diffuseConstant specularConstant specularExponent scale
        xChannelSelector yChannelSelector azimuth elevation z pointsAtX pointsAtY pointsAtZ limitingConeAngle
        tableValues slope intercept amplitude exponent stdDeviation radius baseFrequency numOctaves seed stitchTiles
        attributeName attributeType begin end dur min max restart repeatCount repeatDur calcMode keyTimes keySplines keyPoints
        from to by additive accumulate path origin systemLanguage requiredExtensions requiredFeatures zoomAndPan baseProfile
        """)).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Attributes that are lengths, or lists of them; many properties are lengths too.</summary>
    public static readonly FrozenSet<string> Lengths = Words("""
        width height x y x1 y1 x2 y2 cx cy r rx ry fx fy fr dx dy textLength startOffset markerWidth markerHeight refX refY
        """);

    /// <summary>
    /// Whether an <c>href</c> stays in the document, and names its target so that every reader agrees (some decode a percent sign).
    /// </summary>
    public static bool IsFragment(string reference) => Fragment().IsMatch(reference);

    /// <summary>Whether an attribute outside CSS may have a value: numbers, words and names.</summary>
    public static bool IsHarmless(string attribute, string value) => attribute switch
    {
        "id" => true, // whatever its name is, nothing follows it
        "requiredExtensions" or "requiredFeatures" => value.AsSpan().IndexOfAny('\\', '<', '&') < 0, // names that look like addresses
        _ => !Suspicious().IsMatch(value),
    };

    private static FrozenSet<string> Words(string list) =>
        list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex("""\A#[^\s\p{Cc}<>"'\\`{}|^%]+\z""", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Fragment();

    // Escapes, addresses and functions.
    [GeneratedRegex(
        @"[\\<&@]|//|script\s*:|data\s*:|[^\s,;)]\(",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Suspicious();
}
