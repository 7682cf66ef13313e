using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace ImageBackend.Infrastructure.Imaging.Svg;

/// <summary>What a drawing may be made of: names of SVG 1.1 and 2 that draw, style or animate, none that runs, fetches or embeds a document.</summary>
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

    /// <summary>Properties of CSS; each is an attribute too.</summary>
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
        from to by additive accumulate path origin systemLanguage requiredFeatures zoomAndPan baseProfile
        """)).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether an <c>href</c> stays in the document.</summary>
    public static bool IsFragment(string reference) => Fragment().IsMatch(reference);

    /// <summary>Whether a value that is not CSS holds nothing that could be taken for an address: they are numbers, words and names.</summary>
    public static bool IsHarmless(string value) =>
        !value.Contains("url(", StringComparison.OrdinalIgnoreCase)
        && !value.Contains("script:", StringComparison.OrdinalIgnoreCase)
        && !value.Contains("data:", StringComparison.OrdinalIgnoreCase)
        && !value.Contains("//", StringComparison.Ordinal)
        && value.AsSpan().IndexOfAny('\\', '<', '&') < 0;

    private static FrozenSet<string> Words(string list) =>
        list.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex(@"\A#[\w\-.:]+\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Fragment();
}
