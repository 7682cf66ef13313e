using System.Xml;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>Counts the parts of a drawing, and refuses what would keep a renderer, or a visitor's browser, busy for long.</summary>
internal sealed class SvgLimits
{
    private const int MaxDepth = 200;
    private const int MaxElements = 100_000;
    private const int MaxPainted = 500_000;

    // Each processes all pixels of a region of its own size. A shadow takes four, and a design has a shadow for each of its cards.
    private const int MaxPrimitivesOfOne = 16;
    private const int MaxPrimitives = 120;
    private const int MaxOctaves = 8;
    private const int MaxRadius = 100;

    // A filter's region, in sides of the filtered element or in pixels.
    private const int MaxRegion = 10;
    private const int MaxSide = 30_000;

    private readonly SvgExpansion _expansion = new();
    private int _elements;
    private int _primitives;
    private int _primitivesOfOne;

    /// <param name="reader">At an element.</param>
    /// <exception cref="InvalidImageException">It exceeds a limit.</exception>
    public void Count(XmlReader reader)
    {
        Require(++_elements, MaxElements, "elements");
        Require(reader.Depth, MaxDepth, "nested elements");
        if (IsPrimitive(reader.LocalName))
        {
            Require(++_primitives, MaxPrimitives, "filter steps");
            Require(++_primitivesOfOne, MaxPrimitivesOfOne, "steps in one filter");
        }

        if (reader.LocalName.StartsWith("fe", StringComparison.Ordinal))
        {
            Require(NumberOf(reader, "numOctaves"), MaxOctaves, "octaves of turbulence");
            Require(Math.Max(NumberOf(reader, "radius"), NumberOf(reader, "stdDeviation")), MaxRadius, "pixels of radius in a filter");
        }
        else if (reader.LocalName == "filter")
        {
            _primitivesOfOne = 0;
            bool inPixels = reader.GetAttribute("filterUnits") == "userSpaceOnUse";
            int largest = Math.Max(NumberOf(reader, "width"), NumberOf(reader, "height"));
            Require(largest, inPixels ? MaxSide : MaxRegion, inPixels ? "pixels in a side of a filter" : "times the size in a filter's region");
        }
    }

    /// <summary>Registers an element that is written: <see cref="SvgExpansion.Enter"/>.</summary>
    public void Enter(int depth, string? id, string? used, IEnumerable<string> painted) => _expansion.Enter(depth, id, used, painted);

    /// <summary>To be called at the end of the document.</summary>
    /// <exception cref="InvalidImageException">It exceeds the limit.</exception>
    public void CheckExpansion()
    {
        (int used, int painted) = _expansion.Count();
        Require(used, MaxElements, "elements once every <use> is expanded");
        Require(painted, MaxPainted, "elements once all gradients, patterns, masks, clips and markers are expanded");
    }

    // feBlend, feTurbulence and so on, but not their parts.
    private static bool IsPrimitive(string name) =>
        name.StartsWith("fe", StringComparison.Ordinal) && name is not ("feMergeNode" or "feFuncR" or "feFuncG" or "feFuncB" or "feFuncA" or "feDistantLight" or "fePointLight" or "feSpotLight");

    // The largest of one or two numbers, rounded up; a percentage is divided by 100.
    private static int NumberOf(XmlReader reader, string attribute)
    {
        double largest = 0;
        CssReader css = new(reader.GetAttribute(attribute) ?? string.Empty);
        while (css.Next() != CssToken.End)
        {
            largest = Math.Max(largest, css.Kind switch
            {
                CssToken.Number => css.Number,
                CssToken.Percentage => css.Number / 100,
                CssToken.Dimension => css.Number * (SvgSize.PixelsOf(css.Value) ?? 16), // the size of a letter, or nearly so
                _ => 0,
            });
        }

        return (int)Math.Min(int.MaxValue, Math.Ceiling(largest));
    }

    private static void Require(int count, int limit, string what)
    {
        if (count > limit)
        {
            throw new InvalidImageException(
                InvalidImageException.TooComplex, $"The drawing has more {what} than the limit of {limit}.", limit);
        }
    }
}
