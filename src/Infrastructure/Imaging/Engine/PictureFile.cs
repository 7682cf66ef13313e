using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>One original on disk, opened by the one loader of its format. Opening reads the header; pixels follow on demand, once.</summary>
internal sealed class PictureFile
{
    // Measured: what libvips keeps of rows between a decoder and a resize.
    private const int RowsHeld = 700;
    private const int RowsHeldPerShrink = 45;

    private PictureFile(SourceFile source, ImageFormat format) => (Source, Format) = (source, format);

    public ImageFormat Format { get; }

    public SourceFile Source { get; }

    public int Frames => Source.Frames;

    /// <summary>Of one frame, upright.</summary>
    public PixelSize Size => Turn(Source.Size);

    public bool IsUpright => Source.Orientation == 1;

    /// <inheritdoc cref="FormatCodec.OpenAsync"/>
    public static async Task<PictureFile> OpenAsync(string path, ImageFormat format, CancellationToken cancellationToken) =>
        new(await KnownFormats.Of(format).OpenAsync(path, cancellationToken), format);

    /// <summary>Whether a thumbnail is the picture as it is stored, all of it and in its own size, so that it needs no encoding.
    /// A GIF's colours can only get worse by that, and it is the dearest part of its way; a JPEG or PNG would keep the
    /// original's quality or compression, which may be any.</summary>
    /// <param name="layout">On all of the picture.</param>
    public bool IsShownAsStored(ThumbnailTarget target, ThumbnailLayout layout) =>
        Source.CanCopyPixels && target.Format == Format && layout.ShowsAll && layout.Resized == Size;

    /// <summary>Decodes the picture, brought to a size: pixels in memory, in sRGB or grey, upright.</summary>
    /// <param name="crop">The part that is wanted, upright; null: all of it.</param>
    /// <param name="size">Upright; each frame has it exactly.</param>
    /// <param name="frames"><see cref="Frames"/>, or 1: the first.</param>
    /// <returns>One run, or of a long animation several, as they are asked for. The caller disposes each before it asks for the next.</returns>
    /// <exception cref="VipsException">The pixels are broken.</exception>
    public IEnumerable<FrameRun> Decode(PixelRect? crop, PixelSize size, int frames, CancellationToken cancellationToken)
    {
        PixelSize target = Turn(size);
        // With a crop the pixels are counted in the full picture: a decoder that shrinks would round the area's sides.
        using Image loaded = Source.Load(crop is null ? target : null, frames);
        using CancellationTokenRegistration kill = cancellationToken.Register(() => loaded.SetKill(true));
        Pixels.DecodeCount.Add(1);
        foreach (FrameRun run in FrameRun.Of(loaded, frames, FrameRun.Together(size.Pixels, frames), Bring))
        {
            yield return run;
        }

        Image Bring(Image stored, int some)
        {
            using Image part = crop is { } area ? Pixels.Crop(stored, Orientation.ToStored(area, Size, Source.Orientation), some) : stored.Copy();
            using Image resized = Pixels.Resize(part, target, some);
            using Image decoded = resized.CopyMemory();
            using Image coloured = Colours.ToStandard(decoded);
            return Source.IsRendered ? Flattened(coloured) : Upright(coloured);
        }
    }

    /// <summary>What <see cref="Decode"/> with the same arguments takes at most.</summary>
    /// <returns>Bytes of memory.</returns>
    public long BytesToDecode(PixelRect? crop, PixelSize size, int frames)
    {
        long resized = FrameRun.Most(size.Pixels, frames) * size.Pixels * (4 + 4 + Math.Max(4, Source.BytesPerPixel)); // as it is stored, in sRGB, upright
        return FormatCodec.OnceBytes + resized + Source.BytesOfDecoder(isPart: crop is not null) + BytesOfRows(crop, size, frames);
    }

    /// <summary>What it takes at most to write the picture anew.</summary>
    /// <returns>Bytes of memory.</returns>
    public long BytesToTurn() =>
        FormatCodec.OnceBytes + (FrameRun.Most(Source.Size.Pixels, Frames) * Source.Size.Pixels * Source.BytesPerPixel * Source.CopiesToTurn);

    /// <summary>Opens an animation for being written anew: full size, as stored, with its metadata.</summary>
    /// <returns>As those of <see cref="Decode"/>.</returns>
    /// <exception cref="VipsException">The pixels are broken.</exception>
    public IEnumerable<FrameRun> OpenFrames()
    {
        using Image loaded = Source.Load(target: null, Frames);
        foreach (FrameRun run in FrameRun.Of(loaded, Frames, FrameRun.Together(Source.Size.Pixels, Frames), (rows, _) => rows.CopyMemory()))
        {
            yield return run;
        }
    }

    // Rows wait for the resize, the more of them the more it shrinks: as the decoder gives them, and those of the part that is wanted besides.
    private long BytesOfRows(PixelRect? crop, PixelSize size, int frames)
    {
        if (Source.Rows is not { } row)
        {
            return 0;
        }

        PixelSize target = Turn(size);
        int shrink = crop is null ? Source.Shrink(target) : 1;
        PixelSize part = crop is { } area ? Orientation.ToStored(area, Size, Source.Orientation).Size : Source.Size;
        long rows = Math.Min((long)FrameRun.Most(size.Pixels, frames) * Source.Size.Height / shrink, RowsHeld + (RowsHeldPerShrink * (part.Height / shrink / target.Height)));
        long width = part.Width / shrink;
        return rows * (((row.IsWhole ? Source.Size.Width / shrink : width) * row.Given) + (width * row.Weighed));
    }

    private static Image Upright(Image image)
    {
        using Image upright = image.Autorot();
        return upright.CopyMemory();
    }

    private static Image Flattened(Image image)
    {
        using Image flat = Pixels.OnWhite(image);
        return flat.CopyMemory();
    }

    private PixelSize Turn(PixelSize size) => Source.Orientation >= 5 ? new PixelSize(size.Height, size.Width) : size;
}
