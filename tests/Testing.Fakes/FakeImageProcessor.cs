using System.Security.Cryptography;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Testing;

/// <summary>Writes each thumbnail as one line of text that says what it was made from.</summary>
public sealed class FakeImageProcessor : IImageProcessor
{
    /// <summary>The placeholder of every picture.</summary>
    public const string Hash = "3xcOdZyBiobAZ4d4iKiGh4Sv94d8";

    private int _headersRead;
    private int _decodes;

    public string? Engine { get; set; }

    /// <summary>The header of every picture.</summary>
    public ImageHeader Header { get; set; } = new(new PixelSize(4000, 3000), Frames: 1);

    /// <summary>The headers of pictures that have another one, by their content; null: this one has not.</summary>
    public Func<byte[], ImageHeader?>? OtherHeader { get; set; }

    public int HeadersRead => _headersRead;

    public int Decodes => _decodes;

    /// <summary>Runs inside every decode, before anything is written.</summary>
    public Func<Task>? DuringDecode { get; set; }

    /// <summary>The content of a picture's thumbnail.</summary>
    public static string ThumbnailOf(byte[] original, string suffix, ImageFormat format, CropArea? crop = null) =>
        $"{suffix} as {format} of {Convert.ToHexStringLower(SHA256.HashData(original), 0, 8)}{crop}";

    /// <summary>The content of a picture after a turn.</summary>
    public static byte[] TurnedFrom(byte[] original, Rotation? rotation) =>
        [.. original, .. System.Text.Encoding.ASCII.GetBytes($" turned by {rotation?.Degrees ?? 0}")];

    /// <summary>The content of a picture after stripping.</summary>
    public static byte[] StrippedFrom(byte[] original, Stripping what) => [.. original, .. System.Text.Encoding.ASCII.GetBytes($" stripped of {what}")];

    /// <summary>The content of a drawing after sanitising.</summary>
    public static byte[] SanitisedFrom(byte[] drawing) => [.. drawing, .. "<!-- sanitised -->"u8];

    /// <summary>The content of a photo after it was converted.</summary>
    /// <param name="into">Null: JPEG.</param>
    public static byte[] ConvertedFrom(byte[] photo, ImageFormat? into = null)
    {
        string text = $"was {Convert.ToHexStringLower(SHA256.HashData(photo), 0, 8)}";
        return into == ImageFormat.Png ? TestPictures.Png(text) : TestPictures.Jpeg(text);
    }

    /// <summary>Formats that no thumbnail can be made in: each throws, as if an encoder refused the picture.</summary>
    public HashSet<ImageFormat> Refused { get; } = [];

    public async Task<Inspection> InspectAsync(string path, string? sanitised, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _headersRead);
        byte[] file = await File.ReadAllBytesAsync(path, cancellationToken);
        ImageFormat format = TestPictures.FormatOf(file) ?? throw new InvalidImageException(InvalidImageException.UnsupportedFormat, "It is no picture.");
        if (format == ImageFormat.Svg && sanitised is null)
        {
            return new Inspection(format, Header: null);
        }

        Refuse(file, TestPictures.BrokenMark);
        if (format == ImageFormat.Svg)
        {
            await File.WriteAllBytesAsync(sanitised!, SanitisedFrom(file), cancellationToken);
        }

        return new Inspection(format, Header);
    }

    public async Task ConvertAsync(string path, ImageFormat format, ImageFormat? into, string destination, CancellationToken cancellationToken)
    {
        byte[] photo = await File.ReadAllBytesAsync(path, cancellationToken);
        Refuse(photo, TestPictures.TruncatedMark);
        await File.WriteAllBytesAsync(destination, ConvertedFrom(photo, into), cancellationToken);
    }

    public async Task<ImageHeader> ReadHeaderAsync(string path, ImageFormat format, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _headersRead);
        byte[] original = await File.ReadAllBytesAsync(path, cancellationToken);
        Refuse(original, TestPictures.BrokenMark);
        return OtherHeader?.Invoke(original) ?? Header;
    }

    public async Task StripAsync(string path, ImageFormat format, Stripping what, string destination, CancellationToken cancellationToken)
    {
        await File.WriteAllBytesAsync(destination, StrippedFrom(await File.ReadAllBytesAsync(path, cancellationToken), what), cancellationToken);
    }

    public async Task<MadePictures> MakeThumbnailsAsync(
        string path, ImageFormat format, CropArea? crop, IReadOnlyList<ThumbnailTarget> targets, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _decodes);
        byte[] original = await File.ReadAllBytesAsync(path, cancellationToken);
        if (DuringDecode is { } hook)
        {
            await hook();
        }

        Refuse(original, TestPictures.BrokenMark);
        Refuse(original, TestPictures.TruncatedMark);
        if (targets.Any(target => Refused.Contains(target.Format)))
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "No such thumbnail.");
        }

        PixelRect part = new(0, 0, Header.Size.Width, Header.Size.Height);
        if (crop is not null && !crop.TryClip(Header.Size, out part))
        {
            throw new InvalidImageException(InvalidImageException.BadCrop, "The crop lies outside.");
        }

        foreach (ThumbnailTarget target in targets)
        {
            await File.WriteAllTextAsync(target.Path, ThumbnailOf(original, target.Spec.Suffix, target.Format, crop), cancellationToken);
        }

        return new MadePictures(
            [.. targets.Select(target => target.Format.Bounded(target.Spec.SizeOf(part.Size)))], targets.Any(target => target.Format.IsUploaded) ? Hash : null);
    }

    public async Task<string> HashAsync(string path, ImageFormat format, CancellationToken cancellationToken)
    {
        Refuse(await File.ReadAllBytesAsync(path, cancellationToken), TestPictures.BrokenMark);
        return Hash;
    }

    public async Task TurnAsync(string path, ImageFormat format, Rotation? rotation, string destination, CancellationToken cancellationToken)
    {
        byte[] original = await File.ReadAllBytesAsync(path, cancellationToken);
        Refuse(original, TestPictures.BrokenMark);
        await File.WriteAllBytesAsync(destination, TurnedFrom(original, rotation), cancellationToken);
    }

    private static void Refuse(byte[] original, byte[] mark)
    {
        if (original.AsSpan().IndexOf(mark) >= 0)
        {
            throw new InvalidImageException(InvalidImageException.BrokenImage, "The picture is broken.");
        }
    }
}
