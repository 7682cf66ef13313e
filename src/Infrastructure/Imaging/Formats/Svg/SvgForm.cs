namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>What a copy of a drawing is for.</summary>
internal enum SvgForm
{
    /// <summary>To be stored and shown by browsers.</summary>
    Stored,

    /// <summary>As stored, in words that our renderer understands too: lengths in pixels, no at-rules, no variables.</summary>
    Rendered,

    /// <summary>With the attributes and the CSS that <see cref="Stored"/> leaves out, as far as they are safe to render; to compare with it, never to be given away.</summary>
    Unfiltered,
}

/// <param name="Content">UTF-8.</param>
/// <param name="Size">Of its root.</param>
/// <param name="HasDropped">Whether something is left out that might show in a rendering: only a comparison can tell.</param>
/// <param name="HasDroppedUnseen">Whether something is left out that browsers show and our renderer does not, so that no comparison could tell.</param>
internal sealed record SvgCopy(byte[] Content, SvgSize Size, bool HasDropped, bool HasDroppedUnseen);
