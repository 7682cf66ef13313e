using System.Buffers.Binary;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using ImageBackend.Infrastructure.Imaging.Formats.Gif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Infrastructure.Imaging.Formats.Png;
using ImageBackend.Infrastructure.Imaging.Formats.Svg;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Engine;

/// <summary>One original on disk, opened by the one loader of its format. Opening reads the header; pixels follow on demand, once.</summary>
internal sealed class PictureFile
{
    private const int ScreenAt = 6; // in a GIF's header

    private const int LastRows = 32; // of a JPEG: as high as two of its largest blocks

    // Any bytes that are no marker, and not what a decoder fills up with.
    private static readonly byte[] Filling = [.. Enumerable.Repeat((byte)0x5A, 64)];

    private static readonly byte[] JpegEnd = [0xFF, 0xD9];

    // Code, tables and buffers, whatever the picture is.
    private const long OnceBytes = 16_000_000;

    // An element is a few dozen bytes of text, some hundred to the renderer; while it is sanitised a style sheet takes most.
    private const long ParsedBytesPerByte = 50;
    private const long DrawnBytesPerByte = 80;

    // Measured: what libvips keeps of rows between a decoder and a resize.
    private const int RowsHeld = 700;
    private const int RowsHeldPerShrink = 45;

    // The transformation of inks to colours.
    private const long InkTablesBytes = 12_000_000;

    private readonly string _path;
    private readonly ImageFormat _format;
    private readonly byte[]? _drawing;
    private readonly byte[]? _profile; // of a PNG that tells its colours otherwise
    private readonly PixelSize _stored;
    private readonly int _orientation;
    private readonly int _bands;
    private readonly int _bytesPerPixel;
    private readonly bool _hasAlpha;
    private readonly bool _isOfInks;
    private readonly bool _hasHalfChroma;
    private readonly FileFacts _facts;

    private PictureFile(string path, ImageFormat format, byte[]? drawing, FileFacts facts, Image header)
    {
        (_path, _format, _drawing, _facts) = (path, format, drawing, facts);
        _profile = format == ImageFormat.Png ? PngColours.ProfileOf(path) : null;
        Frames = format == ImageFormat.Gif && header.Contains("n-pages") ? (int)header.Get("n-pages") : 1;
        _orientation = header.Contains("orientation") && header.Get("orientation") is int and >= 1 and <= 8 and int valid ? valid : 1;
        _stored = new PixelSize(header.Width, header.Height);
        IsInterlaced = IsSet(header, "interlaced") || IsSet(header, "jpeg-multiscan");
        _bands = header.Bands;
        _hasAlpha = header.HasAlpha();
        _isOfInks = header.Interpretation == Enums.Interpretation.Cmyk;
        _bytesPerPixel = header.Bands * (header.Format is Enums.BandFormat.Ushort ? 2 : 1);
        _hasHalfChroma = ThumbnailEncoder.ChromaOf(header) == "4:2:0";
    }

    public int Frames { get; }

    /// <summary>Of one frame, upright.</summary>
    public PixelSize Size => Turn(_stored);

    public bool IsUpright => _orientation == 1;

    /// <summary>Whether it is built up in passes: then a decoder holds all of it in memory.</summary>
    public bool IsInterlaced { get; }

    /// <summary>Whether it is an animation of which one picture only can be seen here.</summary>
    public bool IsAnimatedPng => _facts.IsAnimatedPng;

    /// <exception cref="InvalidImageException">The drawing is broken or past a limit, or the file is cut off.</exception>
    /// <exception cref="VipsException">The header is broken.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static async Task<PictureFile> OpenAsync(string path, ImageFormat format, CancellationToken cancellationToken)
    {
        // To libvips a file that it can't open is a broken picture like any other.
        using (new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
        {
        }

        FileFacts facts = new(
            IsOrderlyGif: format == ImageFormat.Gif && GifFile.RequireWhole(path),
            LacksEnd: format == ImageFormat.Jpeg && JpegScans.RequireFew(path),
            IsAnimatedPng: format == ImageFormat.Png && PngFile.RequireSound(path));
        string original = path;
        path = facts.LacksEnd ? await EndedAsync(original, path + ".ended", [], cancellationToken) : path;

        byte[]? drawing = format == ImageFormat.Svg ? (await SvgDocument.ReadAsync(path, SvgForm.Rendered, cancellationToken)).Content : null;
        using Image header = Load(path, format, drawing, facts, shrink: 1, scale: 1, frames: 1);
        if (facts.LacksEnd && !IsSet(header, "jpeg-multiscan"))
        {
            RequireLastRows(path, await EndedAsync(original, original + ".filled", Filling, cancellationToken));
        }

        return new PictureFile(path, format, drawing, facts, header);
    }

    // To libvips such a file is cut off, however much of it there is. With its end, a decoder tells whether pixels are missing.
    private static async Task<string> EndedAsync(string path, string ended, byte[] filling, CancellationToken cancellationToken)
    {
        await using FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        await using FileStream destination = new(ended, FileMode.Create, FileAccess.Write, FileShare.None);
        await source.CopyToAsync(destination, cancellationToken);
        await destination.WriteAsync(filling, cancellationToken);
        await destination.WriteAsync(JpegEnd, cancellationToken);
        return ended;
    }

    // libvips asks for a decoder's warnings before each strip of rows, so nobody asks behind the last one. Where pixels of it are
    // missing, whatever is put behind the file is seen in their place.
    private static void RequireLastRows(string ended, string filled)
    {
        using Image one = Image.Jpegload(ended, access: Enums.Access.Sequential, failOn: Enums.FailOn.Warning);
        using Image other = Image.Jpegload(filled, access: Enums.Access.Sequential, failOn: Enums.FailOn.None);
        int rows = Math.Min(one.Height, LastRows);
        using Image end = one.Crop(0, one.Height - rows, one.Width, rows);
        using Image otherEnd = other.Crop(0, one.Height - rows, one.Width, rows);
        using Image differs = end.NotEqual(otherEnd);
        if (differs.Max() > 0)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is cut off.");
        }
    }

    /// <summary>What it takes at most to parse a file, before any pixel is decoded.</summary>
    /// <param name="isDrawn">Whether a drawing is given to the renderer, or sanitised only.</param>
    /// <returns>Bytes of memory.</returns>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static long BytesToOpen(string path, ImageFormat format, bool isDrawn) =>
        format == ImageFormat.Svg ? OnceBytes + ((isDrawn ? DrawnBytesPerByte : ParsedBytesPerByte) * new FileInfo(path).Length) : OnceBytes;

    /// <summary>Whether a thumbnail is the picture as it is stored, all of it and in its own size, so that it needs no encoding.
    /// A GIF's colours can only get worse by that, and it is the dearest part of its way; a JPEG or PNG would keep the
    /// original's quality or compression, which may be any.</summary>
    /// <param name="layout">On all of the picture.</param>
    public bool IsShownAsStored(ThumbnailTarget target, ThumbnailLayout layout) =>
        _format == ImageFormat.Gif && target.Format == ImageFormat.Gif && _facts.IsOrderlyGif && layout.ShowsAll && layout.Resized == Size;

    /// <summary>Writes the picture as it is stored, without anything but its pixels. Its screen is as large as its frames: some programs tell none, or that of a monitor.</summary>
    /// <param name="path">Only after it was decoded: what is broken is copied up to there.</param>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public void CopyTo(string path)
    {
        using FileStream source = new(_path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using FileStream destination = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
        GifStripper.CopyPixels(source, destination);
        Span<byte> screen = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(screen, (ushort)Size.Width);
        BinaryPrimitives.WriteUInt16LittleEndian(screen[2..], (ushort)Size.Height);
        destination.Position = ScreenAt;
        destination.Write(screen);
    }

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
        int shrink = ShrinkOnLoad(crop, target);
        // A drawing is rendered at the size that is needed (that of the largest thumbnail, at most its natural one), so it is
        // never shrunk as pixels; cropped, at its natural one.
        double scale = _format == ImageFormat.Svg && crop is null
            ? Math.Max((double)target.Width / _stored.Width, (double)target.Height / _stored.Height)
            : 1;
        using Image stored = Load(_path, _format, _drawing, _facts, shrink, scale, frames > 1 ? -1 : 1);
        using Image loaded = Tagged(stored);
        using CancellationTokenRegistration kill = cancellationToken.Register(() => loaded.SetKill(true));
        Pixels.DecodeCount.Add(1);
        foreach (FrameRun run in FrameRun.Of(loaded, frames, FrameRun.Together(size.Pixels, frames), Bring))
        {
            yield return run;
        }

        Image Bring(Image stored, int some)
        {
            using Image part = crop is { } area ? Pixels.Crop(stored, Orientation.ToStored(area, Size, _orientation), some) : stored.Copy();
            using Image resized = Pixels.Resize(part, target, some);
            using Image decoded = resized.CopyMemory();
            using Image coloured = Colours.ToStandard(decoded);
            return _format == ImageFormat.Svg ? Flattened(coloured) : Upright(coloured);
        }
    }

    /// <summary>What <see cref="Decode"/> with the same arguments takes at most.</summary>
    /// <returns>Bytes of memory.</returns>
    public long BytesToDecode(PixelRect? crop, PixelSize size, int frames)
    {
        long resized = FrameRun.Most(size.Pixels, frames) * size.Pixels * (4 + 4 + Math.Max(4, _bytesPerPixel)); // as it is stored, in sRGB, upright
        return OnceBytes + resized + (_format == ImageFormat.Svg ? BytesToRender(crop) : BytesOfDecoder() + BytesOfRows(crop, size, frames));
    }

    /// <summary>What it takes at most to write the picture anew.</summary>
    /// <returns>Bytes of memory.</returns>
    public long BytesToTurn() =>
        OnceBytes + (FrameRun.Most(_stored.Pixels, Frames) * _stored.Pixels * _bytesPerPixel * (Frames > 1 ? 5 : _format == ImageFormat.Gif ? 8 : IsInterlaced && _format == ImageFormat.Jpeg ? 4 : 2));

    /// <summary>What it takes at most to draw two drawings, one after the other, small.</summary>
    /// <returns>Bytes of memory.</returns>
    public static long BytesToCompare(byte[] one, byte[] other) =>
        OnceBytes + (DrawnBytesPerByte * (one.Length + other.Length)) + Math.Max(DrawingMemory.OfPictures(one), DrawingMemory.OfPictures(other));

    private long BytesToRender(PixelRect? crop) =>
        (DrawnBytesPerByte * _drawing!.Length) + DrawingMemory.OfPictures(_drawing) + (crop is null ? 0 : _stored.Pixels * 4);

    // Of a picture in passes it holds everything (of a JPEG the coefficients, two bytes each), of an animation two screens.
    private long BytesOfDecoder() =>
        (_isOfInks ? InkTablesBytes : 0)
        + (_format == ImageFormat.Gif ? 2 * _stored.Pixels * 4
            : !IsInterlaced ? 0
            : _format == ImageFormat.Jpeg ? _stored.Pixels * 2 * _bytesPerPixel / (_hasHalfChroma ? 2 : 1)
            : _stored.Pixels * _bytesPerPixel);

    // Rows wait for the resize, the more of them the more it shrinks: as the decoder gives them (of a JPEG of colours few, however wide), and of
    // the part that is wanted once more, in numbers of four bytes where transparency is weighed.
    private long BytesOfRows(PixelRect? crop, PixelSize size, int frames)
    {
        PixelSize target = Turn(size);
        int shrink = ShrinkOnLoad(crop, target);
        PixelSize part = crop is { } area ? Orientation.ToStored(area, Size, _orientation).Size : _stored;
        long rows = Math.Min((long)FrameRun.Most(size.Pixels, frames) * _stored.Height / shrink, RowsHeld + (RowsHeldPerShrink * (part.Height / shrink / target.Height)));
        (int given, int weighed) = _format == ImageFormat.Gif ? (4, 16)
            : (_bytesPerPixel, _hasAlpha ? 4 * _bands : _bytesPerPixel);
        long width = part.Width / shrink;
        return rows * (((_format == ImageFormat.Jpeg && !_isOfInks ? width : _stored.Width / shrink) * given) + (width * weighed));
    }

    private int ShrinkOnLoad(PixelRect? crop, PixelSize target) =>
        _format == ImageFormat.Jpeg && crop is null ? ThumbnailPlan.JpegShrink(_stored, target) : 1;

    /// <summary>Opens an animation for being written anew: full size, as stored, with its metadata.</summary>
    /// <returns>As those of <see cref="Decode"/>.</returns>
    /// <exception cref="VipsException">The pixels are broken.</exception>
    public IEnumerable<FrameRun> OpenFrames()
    {
        using Image loaded = Load(_path, _format, _drawing, _facts, shrink: 1, scale: 1, frames: -1);
        foreach (FrameRun run in FrameRun.Of(loaded, Frames, FrameRun.Together(_stored.Pixels, Frames), (rows, _) => rows.CopyMemory()))
        {
            yield return run;
        }
    }

    /// <summary>Opens a picture of one frame for being written anew: full size, as stored, with its metadata.</summary>
    /// <returns>Pixels follow on demand, in any order. The caller disposes it.</returns>
    public Image Open()
    {
        using Image stored = _format == ImageFormat.Jpeg ? Image.Jpegload(_path, failOn: JpegFaults(_facts))
            : _format == ImageFormat.Png ? Image.Pngload(_path, failOn: Enums.FailOn.Error)
            : Image.Gifload(_path, failOn: Enums.FailOn.Error);
        return Tagged(stored);
    }

    private Image Tagged(Image image) => _profile is null ? image.Copy() : image.Mutate(changes => changes.Set(GValue.BlobType, "icc-profile-data", _profile));

    private static bool IsSet(Image header, string field) => header.Contains(field) && header.Get(field) is not 0;

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

    // Where the end was added, that a scan breaks off before it is a warning only.
    private static Enums.FailOn JpegFaults(FileFacts facts) => facts.LacksEnd ? Enums.FailOn.Warning : Enums.FailOn.Error;

    private static Image Load(string path, ImageFormat format, byte[]? drawing, FileFacts facts, int shrink, double scale, int frames) =>
        format == ImageFormat.Jpeg ? Image.Jpegload(path, shrink: shrink, access: Enums.Access.Sequential, failOn: JpegFaults(facts))
        : format == ImageFormat.Png ? Image.Pngload(path, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
        : format == ImageFormat.Gif ? Image.Gifload(path, n: frames, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
        : format == ImageFormat.Svg ? Image.SvgloadBuffer(drawing!, scale: scale, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
        : throw new ArgumentException($"Originals are never {format}.", nameof(format));

    private PixelSize Turn(PixelSize size) => _orientation >= 5 ? new PixelSize(size.Height, size.Width) : size;

    /// <summary>What was seen when the file was gone through, before a decoder saw it.</summary>
    private sealed record FileFacts(bool IsOrderlyGif, bool LacksEnd, bool IsAnimatedPng);
}
