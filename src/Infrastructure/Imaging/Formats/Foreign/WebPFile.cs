using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Formats.Foreign;

internal sealed class WebPFile : ForeignFile
{
    public const string Loader = "VipsForeignLoadWebp";

    private readonly WebPWalk _walk;

    private WebPFile(string path, WebPWalk walk, Image header)
        : base(path, header) => _walk = walk;

    public override bool HasFullChroma => _walk.IsLossless;

    /// <exception cref="Application.Abstractions.InvalidImageException">It is cut off, or an animation.</exception>
    /// <exception cref="VipsException">The header is broken.</exception>
    public static WebPFile Open(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        WebPWalk walk = WebPWalk.Through(file);
        using Image header = Load(path);
        return new WebPFile(path, walk, header);
    }

    public override Image Load() => Load(Path);

    // Measured: the whole picture, twice.
    public override long BytesOfDecoder() => new FileInfo(Path).Length + (Decoded.Pixels * (_walk.IsLossless || HasAlpha ? 10 : 8));

    private static Image Load(string path) => Image.Webpload(path, access: Enums.Access.Sequential, failOn: Enums.FailOn.Error);
}
