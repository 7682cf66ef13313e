using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats;
using ImageBackend.Infrastructure.Imaging.Formats.Common;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using ImageBackend.Infrastructure.Imaging.Formats.Gif;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

/// <summary>
/// One original on disk, opened by the one loader for its format. Opening reads the header; pixels follow on demand, once.
/// </summary>
internal sealed class PictureFile
{
    // Measured: rows that libvips holds between a decoder and a resize.
    private const int RowsHeld = 700;
    private const int RowsHeldPerShrink = 45;

    private PictureFile(SourceFile source, ImageFormat format) => (Source, Format) = (source, format);

    public ImageFormat Format { get; }

    public SourceFile Source { get; }

    public int Frames => Source.Frames;

    /// <summary>Size of one frame, upright.</summary>
    public PixelSize Size => Turn(Source.Size);

    public bool IsUpright => Source.Orientation == 1;

    /// <inheritdoc cref="FormatCodec.OpenAsync"/>
    public static async Task<PictureFile> OpenAsync(string path, ImageFormat format, CancellationToken cancellationToken) =>
        new(await KnownFormats.Of(format).OpenAsync(path, cancellationToken), format);

    /// <summary>Decodes the picture and resizes it: pixels in memory, in sRGB or grey, upright.</summary>
    /// <param name="crop">The part to decode, upright; null: all of it.</param>
    /// <param name="size">Upright; each frame has exactly this size.</param>
    /// <param name="frames"><see cref="Frames"/>, or 1: the first.</param>
    /// <returns>One run, or several for a long animation, made on demand. The caller disposes each before it requests the next.</returns>
    /// <exception cref="VipsException">The pixels are broken.</exception>
    public IEnumerable<FrameRun> Decode(PixelRect? crop, PixelSize size, int frames, CancellationToken cancellationToken)
    {
        PixelSize target = Turn(size);
        // A crop is measured in pixels of the full picture: a decoder that shrinks would round its sides.
        using Image loaded = Source.Load(crop is null ? target : null, frames);
        using CancellationTokenRegistration kill = cancellationToken.Register(() => loaded.SetKill(true));
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
            return Source.IsRendered ? Flattened(coloured) : IsUpright ? Pixels.InMemory(coloured) : Upright(coloured);
        }
    }

    /// <summary>What <see cref="Decode"/> takes at most with the same arguments.</summary>
    /// <returns>Bytes of memory.</returns>
    public long BytesToDecode(PixelRect? crop, PixelSize size, int frames)
    {
        long resized = FrameRun.Most(size.Pixels, frames) * size.Pixels * (4 + 4 + Math.Max(4, Source.BytesPerPixel)); // as stored, in sRGB, upright
        return FormatCodec.OnceBytes + resized + Source.BytesOfDecoder(isPart: crop is not null) + BytesOfRows(crop, size, frames);
    }

    /// <summary>What <see cref="Turn(Rotation, string)"/> takes at most.</summary>
    public Need NeedToTurn() => Need.Of(
        FormatCodec.OnceBytes + (FrameRun.Most(Source.Size.Pixels, Frames) * Source.Size.Pixels * Source.BytesPerPixel * Source.CopiesToTurn),
        Frames > 1 ? Frames * Size.Pixels : 0);

    /// <inheritdoc cref="IPicture.Turn"/>
    public void Turn(Rotation? rotation, string destination)
    {
        if (Frames > 1)
        {
            TurnFrames(rotation, destination);
            return;
        }

        using Image stored = Source.LoadToTurn();
        using Image upright = stored.Autorot();
        using Image rotated = rotation is null ? upright.Copy() : Pixels.Turn(upright, rotation, frames: 1);
        using Image turned = TurnedMetadata.Of(rotated);
        Source.Write(turned, destination);
    }

    // In full size, as stored.
    private void TurnFrames(Rotation? rotation, string destination)
    {
        using GifJoiner film = new(destination);
        using Image loaded = Source.Load(target: null, Frames);
        foreach (FrameRun run in FrameRun.Of(loaded, Frames, FrameRun.Together(Source.Size.Pixels, Frames), (rows, _) => rows.CopyMemory()))
        {
            using (run)
            {
                using Image turned = rotation is null ? run.Pixels.Copy() : Pixels.Turn(run.Pixels, rotation, run.Frames);
                film.Append(turned, run.Skip, run.Take, Enums.ForeignKeep.All);
            }
        }

        film.Complete();
    }

    // Rows wait for the resize, and more of them the more it shrinks: rows as decoded, plus those of the requested part.
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
