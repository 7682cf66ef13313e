using ImageBackend.Application.Abstractions;

namespace ImageBackend.Infrastructure.Imaging.Formats.Exif;

/// <summary>Removes private metadata from an EXIF block.</summary>
internal static class ExifStripper
{
    /// <param name="block">May be edited in place.</param>
    /// <param name="stripThumbnail">Copies the JPEG in it, positioned at its start, without any metadata.</param>
    /// <returns>What is left, possibly nothing.</returns>
    public static byte[] Strip(byte[] block, Stripping what, Action<Stream, Stream> stripThumbnail)
    {
        if (ExifBlock.TryOpen(block) is not { } exif)
        {
            return [];
        }

        int? orientation = exif.FindOrientation();
        return what == Stripping.Gps && TryRemovePlaces(exif, stripThumbnail) && exif.FindOrientation() == orientation ? block
            : orientation is null ? []
            : ExifBlock.WithOrientation(orientation.Value);
    }

    // Overlapping directories can undo each other's edits, so the result is checked, and the block is given up if it fails.
    private static bool TryRemovePlaces(ExifBlock exif, Action<Stream, Stream> stripThumbnail)
    {
        if (exif.AllDirectories() is not { } directories)
        {
            return false;
        }

        foreach (int directory in directories)
        {
            StripThumbnail(exif, directory, stripThumbnail);
            foreach (ExifEntry place in exif.Entries(directory).Where(MayTellPlace).Reverse().ToArray())
            {
                if (place.Tag == ExifBlock.GpsDirectory)
                {
                    exif.EraseDirectory(exif.Number(place));
                }

                exif.Remove(directory, place);
            }
        }

        return exif.AllDirectories() is { } left && left.SequenceEqual(directories) && !left.SelectMany(exif.Entries).Any(MayTellPlace);

        bool MayTellPlace(ExifEntry entry) => ExifTags.MayTellPlace(entry, exif.Value(entry));
    }

    // The preview in an EXIF block is a JPEG, and may have an EXIF block of its own.
    private static void StripThumbnail(ExifBlock exif, int directory, Action<Stream, Stream> strip)
    {
        if (exif.Find(directory, ExifBlock.ThumbnailOffset) is not { } offset || exif.Find(directory, ExifBlock.ThumbnailLength) is not { } length)
        {
            return;
        }

        Span<byte> thumbnail = exif.Part(exif.Number(offset), exif.Number(length));
        using MemoryStream whole = new();
        whole.Write(thumbnail);
        whole.Position = 0;
        using MemoryStream stripped = new();
        strip(whole, stripped);
        thumbnail.Clear();
        if (stripped.Length <= thumbnail.Length)
        {
            stripped.GetBuffer().AsSpan(0, (int)stripped.Length).CopyTo(thumbnail);
        }
    }
}
