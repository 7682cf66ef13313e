using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

internal sealed class LibvipsEngine : IImagingEngine
{
    public string Name => "libvips";

    public IReadOnlyList<ImageFormat> Originals { get; } = [.. KnownFormats.All.Select(codec => codec.Format)];

    public IReadOnlyList<ImageFormat> ModernFormats { get; } = [ImageFormat.WebP, ImageFormat.Avif];

    public bool EncodesProgressiveJpeg => true;

    public void EnsureReady() => Vips.EnsureReady();

    public string? FindOpenDecoder(string folder) => LoaderCheck.Run(folder);

    public async Task<IPicture> OpenAsync(string path, ImageFormat format, CancellationToken cancellationToken) =>
        new LibvipsPicture(await PictureFile.OpenAsync(path, format, cancellationToken));

    public Exception? DiskFaultIn(Exception exception) => VipsFaults.DiskFaultIn(exception);

    public bool IsOfPicture(Exception exception) => exception is VipsException;
}
