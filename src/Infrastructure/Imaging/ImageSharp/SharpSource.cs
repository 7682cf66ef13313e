using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats.Exif;
using ImageBackend.Infrastructure.Imaging.Formats.Gif;
using ImageBackend.Infrastructure.Imaging.Formats.Jpeg;
using ImageBackend.Infrastructure.Imaging.Formats.Png;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Advanced;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

/// <summary>One original on disk that was checked by the rules of its format and whose header was read.</summary>
internal sealed class SharpSource
{
    private const int FillingBytes = 64;
    private static readonly byte[] EndOfImage = [0xFF, JpegMarkers.EndOfImage];

    private readonly string _path;
    private readonly IImageInfo _header;
    private readonly JpegWalk? _jpeg;

    private SharpSource(string path, ImageFormat format, IImageInfo header, byte[]? exif, JpegWalk? jpeg = null)
    {
        (_path, Format, _header, Exif, _jpeg) = (path, format, header, exif, jpeg);
        Orientation = exif is null ? 1 : ExifBlock.TryOpen([.. exif])?.FindOrientation() ?? 1;
    }

    public ImageFormat Format { get; }

    /// <summary>Size of one frame, as stored.</summary>
    public PixelSize Size => new(_header.Width, _header.Height);

    public int Frames { get; private init; } = 1;

    /// <summary>EXIF orientation: 1 to 8.</summary>
    public int Orientation { get; }

    public byte[]? Exif { get; }

    public bool IsInterlaced { get; private init; }

    public string? WhyNotTurned { get; private init; }

    /// <summary>
    /// A PNG's ICC profile, which this version of the library does not read, or one made from what the file says about its colours; null: it
    /// says nothing.
    /// </summary>
    public byte[]? Profile { get; private init; }

    /// <summary>Bytes of a pixel as it is rewritten.</summary>
    public int BytesAsStored => Format == ImageFormat.Jpeg ? 3 : Format == ImageFormat.Png && _header.Metadata.GetPngMetadata().BitDepth == PngBitDepth.Bit16 ? 8 : 4;

    /// <summary>Whether a GIF's frames may be copied as they are.</summary>
    public bool CanCopyPixels { get; private init; }

    /// <summary>The quality of a JPEG, 1 to 100.</summary>
    public int Quality => _jpeg!.Quality;

    public bool HasAlpha => Format == ImageFormat.Gif || (Format == ImageFormat.Png && MayBeTransparent(_header.Metadata.GetPngMetadata()));

    public JpegColorType? JpegColours => Format == ImageFormat.Jpeg ? _header.Metadata.GetJpegMetadata().ColorType : null;

    public bool IsGrey => JpegColours == JpegColorType.Luminance;

    public bool HasFullChroma => JpegColours is JpegColorType.YCbCrRatio444 or JpegColorType.Rgb;

    public PixelSize Upright => Turn(Size);

    /// <summary>Bytes of a decoded pixel.</summary>
    public int BytesPerPixel => HasAlpha ? 4 : 3;

    public bool IsCutOffAtItsEnd => _jpeg is { LacksEnd: true };

    /// <exception cref="InvalidImageException">The file is cut off, exceeds a limit, or has colours that this engine can't show.</exception>
    public static SharpSource Open(string path, ImageFormat format, CancellationToken cancellationToken)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return format == ImageFormat.Jpeg ? OpenJpeg(path, file, cancellationToken)
            : format == ImageFormat.Png ? OpenPng(path, file, cancellationToken)
            : format == ImageFormat.Gif ? OpenGif(path, file, cancellationToken)
            : throw new ArgumentException($"Not an original of this engine: {format}.", nameof(format));
    }

    /// <returns>A size, upright, of what is stored, or the other way round.</returns>
    public PixelSize Turn(PixelSize size) => Orientation >= 5 ? new PixelSize(size.Height, size.Width) : size;

    /// <summary>Decodes the whole picture.</summary>
    /// <param name="frames"><see cref="Frames"/>, or 1: the first.</param>
    /// <returns>As stored, with its metadata. The caller disposes it.</returns>
    /// <exception cref="InvalidImageException">Pixels are missing.</exception>
    public Image<TPixel> Decode<TPixel>(int frames, CancellationToken cancellationToken)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        Decodes.Count.Add(1);
        return DecodeUncounted<TPixel>(frames, cancellationToken);
    }

    /// <inheritdoc cref="Decode"/>
    public Image<TPixel> DecodeUncounted<TPixel>(int frames, CancellationToken cancellationToken)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        cancellationToken.ThrowIfCancellationRequested();
        return IsCutOffAtItsEnd
            ? DecodeWithoutEnd<TPixel>(cancellationToken)
            : Whole(Read(file => Decoder(frames).Decode<TPixel>(SharpConfiguration.Settings, file, cancellationToken), cancellationToken), frames);
    }

    /// <summary>Decodes the picture in the pixels that it is stored in, to rewrite it.</summary>
    /// <returns>With its metadata. The caller disposes it.</returns>
    /// <exception cref="InvalidImageException">Pixels are missing.</exception>
    public Image DecodeAsStored(CancellationToken cancellationToken)
    {
        return Format == ImageFormat.Jpeg
            ? Decode<Rgb24>(Frames, cancellationToken)
            : Format == ImageFormat.Gif ? Decode<Rgba32>(Frames, cancellationToken)
            : Whole(Read(file => Decoder(Frames).Decode(SharpConfiguration.Settings, file, cancellationToken), cancellationToken), Frames);
    }

    /// <summary>Writes a GIF's frames as they are, without anything except its pixels.</summary>
    public void CopyPixels(string destination) => GifStripper.CopyPixels(_path, destination, Size);

    private static SharpSource OpenJpeg(string path, FileStream file, CancellationToken cancellationToken)
    {
        JpegWalk walk = JpegWalk.Through(file);
        if (!walk.HasEnd && !walk.LacksEnd)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is cut off.");
        }

        return walk.Components == 4
            ? throw new InvalidImageException(InvalidImageException.UnsupportedFormat, "JPEG files in ink colours (CMYK) can't be read with IMAGING_ENGINE=imagesharp: their colours would be wrong.")
            : new SharpSource(path, ImageFormat.Jpeg, Identify(file, new JpegDecoder(), cancellationToken), walk.Exif, walk) { IsInterlaced = walk.IsInterlaced };
    }

    private static SharpSource OpenPng(string path, FileStream file, CancellationToken cancellationToken)
    {
        PngWalk walk = PngWalk.Through(file);
        if (walk.IsCutOff)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is cut off.");
        }

        IImageInfo header = Identify(file, new PngDecoder(), cancellationToken);
        return new SharpSource(path, ImageFormat.Png, header, walk.Exif)
        {
            IsInterlaced = header.Metadata.GetPngMetadata().InterlaceMethod == PngInterlaceMode.Adam7,
            Profile = walk.Profile ?? PngProfile.TryRead(file),
            WhyNotTurned = walk.IsAnimated ? "An animated PNG can't be turned: only one of its pictures would be left." : null,
        };
    }

    private static SharpSource OpenGif(string path, FileStream file, CancellationToken cancellationToken)
    {
        GifWalk walk = GifBlocks.Copy(file, Stream.Null, keeps: null);
        if (walk.IsCutOff || walk.Frames == 0)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is cut off.");
        }

        PixelSize screen = GifScreen.Read(file);
        PixelSize shown = GifScreen.Shown(screen, walk.Extent);
        using FileStream? corrected = shown == screen ? null : Corrected(path + ".screen", file, shown);
        return new SharpSource(corrected?.Name ?? path, ImageFormat.Gif, Identify(corrected ?? file, new GifDecoder(), cancellationToken), exif: null)
        {
            Frames = walk.Frames,
            CanCopyPixels = walk.IsOrderly,
        };
    }

    // The decoder believes what the file says about its screen.
    private static FileStream Corrected(string path, FileStream file, PixelSize screen)
    {
        FileStream corrected = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        file.Position = 0;
        file.CopyTo(corrected);
        GifScreen.Write(corrected, screen);
        corrected.Flush();
        return corrected;
    }

    private static IImageInfo Identify(FileStream file, IImageInfoDetector detector, CancellationToken cancellationToken)
    {
        file.Position = 0;
        IImageInfo? header = SharpFaults.InReading(() => detector.Identify(SharpConfiguration.Settings, file, cancellationToken), cancellationToken);
        return header is { Width: > 0, Height: > 0 } ? header : throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is damaged or cut off.");
    }

    private static bool MayBeTransparent(PngMetadata png) =>
        png.HasTransparency || png.ColorType is PngColorType.RgbWithAlpha or PngColorType.GrayscaleWithAlpha or PngColorType.Palette;

    private IImageDecoder Decoder(int frames) => Format == ImageFormat.Jpeg ? new JpegDecoder()
        : Format == ImageFormat.Png ? new PngDecoder()
        : new GifDecoder { DecodingMode = frames == 1 ? FrameDecodingMode.First : FrameDecodingMode.All, MaxFrames = (uint)frames };

    private TImage Read<TImage>(Func<FileStream, TImage> decode, CancellationToken cancellationToken)
    {
        using FileStream file = new(_path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return SharpFaults.InReading(() => decode(file), cancellationToken);
    }

    private TImage Whole<TImage>(TImage image, int frames)
        where TImage : Image
    {
        if (image.Width == Size.Width && image.Height == Size.Height && image.Frames.Count == frames)
        {
            return image;
        }

        image.Dispose();
        throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is damaged or cut off.");
    }

    // Without an end, the decoder loses the last block; what else is missing it makes up without a word. If pixels are missing, whatever
    // is appended to the file shows up in their place.
    private Image<TPixel> DecodeWithoutEnd<TPixel>(CancellationToken cancellationToken)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        Image<TPixel> ended = DecodeWith<TPixel>([], cancellationToken);
        try
        {
            using Image<TPixel> filled = DecodeWith<TPixel>([.. Enumerable.Repeat((byte)0x5A, FillingBytes)], cancellationToken);
            return AreSame(ended, filled) ? ended : throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is cut off.");
        }
        catch
        {
            ended.Dispose();
            throw;
        }
    }

    private Image<TPixel> DecodeWith<TPixel>(byte[] filling, CancellationToken cancellationToken)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using FileStream whole = new(_path + ".whole", FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        using (FileStream file = new(_path, FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            file.CopyTo(whole);
        }

        whole.Write(filling);
        whole.Write(EndOfImage);
        whole.Position = 0;
        return Whole(SharpFaults.InReading(() => new JpegDecoder().Decode<TPixel>(SharpConfiguration.Settings, whole, cancellationToken), cancellationToken), frames: 1);
    }

    private static bool AreSame<TPixel>(Image<TPixel> one, Image<TPixel> other)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        for (int y = 0; y < one.Height; y++)
        {
            if (!one.DangerousGetPixelRowMemory(y).Span.SequenceEqual(other.DangerousGetPixelRowMemory(y).Span))
            {
                return false;
            }
        }

        return true;
    }
}
