using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Svg;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>One original on disk, opened by the one loader of its format. Opening reads the header; pixels follow on demand, once.</summary>
internal sealed class PictureFile
{
    private readonly string _path;
    private readonly ImageFormat _format;
    private readonly byte[]? _drawing;
    private readonly byte[]? _profile; // of a PNG that tells its colours otherwise
    private readonly PixelSize _stored;
    private readonly int _orientation;
    private readonly int _bytesPerPixel;
    private readonly bool _hasHalfChroma;

    private PictureFile(string path, ImageFormat format, byte[]? drawing, Image header)
    {
        (_path, _format, _drawing) = (path, format, drawing);
        _profile = format == ImageFormat.Png ? PngColours.ProfileOf(path) : null;
        Frames = format == ImageFormat.Gif && header.Contains("n-pages") ? (int)header.Get("n-pages") : 1;
        _orientation = header.Contains("orientation") && header.Get("orientation") is int and >= 1 and <= 8 and int valid ? valid : 1;
        _stored = new PixelSize(header.Width, header.Height);
        IsInterlaced = IsSet(header, "interlaced") || IsSet(header, "jpeg-multiscan");
        _bytesPerPixel = header.Bands * (header.Format is Enums.BandFormat.Ushort ? 2 : 1);
        _hasHalfChroma = ThumbnailEncoder.ChromaOf(header) == "4:2:0";
    }

    public int Frames { get; }

    /// <summary>Of one frame, upright.</summary>
    public PixelSize Size => Turn(_stored);

    public bool IsUpright => _orientation == 1;

    /// <summary>Whether it is built up in passes: then a decoder holds all of it in memory.</summary>
    public bool IsInterlaced { get; }

    /// <exception cref="InvalidImageException">The drawing is broken or past a limit, or the file is cut off.</exception>
    /// <exception cref="VipsException">The header is broken.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static async Task<PictureFile> OpenAsync(string path, ImageFormat format, CancellationToken cancellationToken)
    {
        // To libvips a file that it can't open is a broken picture like any other.
        using (new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
        {
        }

        if (format == ImageFormat.Gif)
        {
            GifFile.RequireWhole(path);
        }
        else if (format == ImageFormat.Jpeg)
        {
            JpegScans.RequireFew(path);
        }
        else if (format == ImageFormat.Png)
        {
            PngFile.RequireSound(path);
        }

        byte[]? drawing = format == ImageFormat.Svg ? (await SvgDocument.ReadAsync(path, SvgForm.Rendered, cancellationToken)).Content : null;
        using Image header = Load(path, format, drawing, shrink: 1, scale: 1, frames: 1);
        return new PictureFile(path, format, drawing, header);
    }

    /// <summary>Whether a thumbnail is the picture as it is stored, all of it and in its own size, so that it needs no encoding.
    /// A GIF's colours can only get worse by that, and it is the dearest part of its way; a JPEG or PNG would keep the
    /// original's quality or compression, which may be any.</summary>
    /// <param name="layout">On all of the picture.</param>
    public bool IsShownAsStored(ThumbnailTarget target, ThumbnailLayout layout) =>
        _format == ImageFormat.Gif && target.Format == ImageFormat.Gif && layout.ShowsAll && layout.Resized == Size;

    /// <summary>Writes the picture as it is stored, without anything but its pixels.</summary>
    /// <param name="path">Only after it was decoded: what is broken is copied up to there.</param>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public void CopyTo(string path)
    {
        using FileStream source = new(_path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using FileStream destination = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
        GifStripper.CopyPixels(source, destination);
    }

    /// <summary>Decodes the picture, brought to a size: pixels in memory, in sRGB or grey, upright.</summary>
    /// <param name="crop">The part that is wanted, upright; null: all of it.</param>
    /// <param name="size">Upright; the result has it exactly (of each frame, one below the other).</param>
    /// <param name="frames"><see cref="Frames"/>, or 1: the first.</param>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="VipsException">The pixels are broken.</exception>
    public Image Decode(PixelRect? crop, PixelSize size, int frames, CancellationToken cancellationToken)
    {
        PixelSize target = Turn(size);
        // With a crop the pixels are counted in the full picture: a decoder that shrinks would round the area's sides.
        int shrink = _format == ImageFormat.Jpeg && crop is null ? ThumbnailPlan.JpegShrink(_stored, target) : 1;
        // A drawing is rendered at the size that is needed (that of the largest thumbnail, at most its natural one), so it is
        // never shrunk as pixels; cropped, at its natural one.
        double scale = _format == ImageFormat.Svg && crop is null
            ? Math.Max((double)target.Width / _stored.Width, (double)target.Height / _stored.Height)
            : 1;
        using Image stored = Load(_path, _format, _drawing, shrink, scale, frames > 1 ? -1 : 1);
        using Image loaded = Tagged(stored);
        using CancellationTokenRegistration kill = cancellationToken.Register(() => loaded.SetKill(true));
        Pixels.DecodeCount.Add(1);
        using Image part = crop is { } area ? Pixels.Crop(loaded, Orientation.ToStored(area, Size, _orientation), frames) : loaded.Copy();
        using Image resized = Pixels.Resize(part, target, frames);
        using Image decoded = resized.CopyMemory();
        using Image coloured = Colours.ToStandard(decoded);
        return _format == ImageFormat.Svg ? Flattened(coloured) : Upright(coloured);
    }

    /// <summary>What <see cref="Decode"/> with the same arguments takes at most.</summary>
    /// <returns>Bytes of memory.</returns>
    public long BytesToDecode(PixelRect? crop, PixelSize size, int frames)
    {
        long result = 3 * frames * size.Pixels * 4; // resized, in sRGB, upright
        if (_format == ImageFormat.Svg)
        {
            // An element is a few dozen bytes of text and some hundred in memory.
            return result + (40L * _drawing!.Length) + (crop is null ? 0 : _stored.Pixels * 4);
        }

        // Of a picture in passes the decoder holds everything (of a JPEG the coefficients, two bytes each), of others some rows.
        long held = !IsInterlaced ? 512L * _stored.Width * _bytesPerPixel
            : _format == ImageFormat.Jpeg ? _stored.Pixels * 2 * _bytesPerPixel / (_hasHalfChroma ? 2 : 1)
            : _stored.Pixels * _bytesPerPixel;
        return result + held + (_format == ImageFormat.Gif ? 2 * _stored.Pixels * 4 : 0);
    }

    /// <summary>What it takes at most to write the picture anew.</summary>
    /// <returns>Bytes of memory.</returns>
    public long BytesToTurn() => 2 * Frames * _stored.Pixels * _bytesPerPixel * (IsInterlaced && _format == ImageFormat.Jpeg ? 2 : 1);

    /// <summary>Opens the picture for being written anew: all frames, full size, as stored, with its metadata.</summary>
    /// <returns>Pixels follow on demand, in any order. The caller disposes it.</returns>
    public Image Open()
    {
        using Image stored = _format == ImageFormat.Jpeg ? Image.Jpegload(_path, failOn: Enums.FailOn.Error)
            : _format == ImageFormat.Png ? Image.Pngload(_path, failOn: Enums.FailOn.Error)
            : Image.Gifload(_path, n: -1, failOn: Enums.FailOn.Error);
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

    private static Image Load(string path, ImageFormat format, byte[]? drawing, int shrink, double scale, int frames) =>
        format == ImageFormat.Jpeg ? Image.Jpegload(path, shrink: shrink, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
        : format == ImageFormat.Png ? Image.Pngload(path, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
        : format == ImageFormat.Gif ? Image.Gifload(path, n: frames, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
        : format == ImageFormat.Svg ? Image.SvgloadBuffer(drawing!, scale: scale, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error)
        : throw new ArgumentException($"Originals are never {format}.", nameof(format));

    private PixelSize Turn(PixelSize size) => _orientation >= 5 ? new PixelSize(size.Height, size.Width) : size;
}
