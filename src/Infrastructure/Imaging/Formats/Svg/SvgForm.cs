namespace ImageBackend.Infrastructure.Imaging.Formats.Svg;

/// <summary>What a copy of a drawing is for.</summary>
internal enum SvgForm
{
    /// <summary>To be stored and shown by browsers.</summary>
    Stored,

    /// <summary>As stored, but in terms that our renderer also understands: lengths in pixels, no at-rules, no variables.</summary>
    Rendered,

    /// <summary>
    /// With the attributes and CSS that <see cref="Stored"/> leaves out, as far as they are safe to render; only for comparison, never
    /// to be served.
    /// </summary>
    Unfiltered,
}

/// <param name="Content">UTF-8.</param>
/// <param name="Size">Size of its root.</param>
/// <param name="HasDropped">Whether something was left out that might show in a rendering: only a comparison can tell.</param>
/// <param name="HasDroppedUnseen">
/// Whether something was left out that browsers show and our renderer does not, so that no comparison can tell.
/// </param>
internal sealed record SvgCopy(byte[] Content, SvgSize Size, bool HasDropped, bool HasDroppedUnseen);
