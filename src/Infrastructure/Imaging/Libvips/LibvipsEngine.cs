using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Formats;
using ImageBackend.Infrastructure.Imaging.Formats.Foreign;
using NetVips;

namespace ImageBackend.Infrastructure.Imaging.Libvips;

internal sealed class LibvipsEngine : IImagingEngine
{
    public string Name => "libvips";

    public IReadOnlyList<ImageFormat> Originals { get; } = [.. KnownFormats.All.Select(codec => codec.Format)];

    public IReadOnlyList<ImageFormat> ModernFormats { get; } = [ImageFormat.WebP, ImageFormat.Avif];

    public IReadOnlyList<ImageFormat> Converted { get; } = ImageFormat.Converted;

    public bool EncodesProgressiveJpeg => true;

    public void EnsureReady() => Vips.EnsureReady();

    public string? FindOpenDecoder(string folder, IReadOnlyList<ImageFormat> converted) =>
        LoaderCheck.FindOpen(folder, [.. KnownFormats.All.Select(codec => codec.Loader), .. converted.Select(LoaderOf)]);

    public ImageFormat? FindClosedDecoder(string folder, Conversion conversion) => conversion.Formats.Where(conversion.Takes).FirstOrDefault(
        format => !LoaderCheck.Converts(folder, format, path => OpenForeign(path, format, conversion.HeicDecoder)));

    public async Task<IPicture> OpenAsync(string path, ImageFormat format, CancellationToken cancellationToken) =>
        new LibvipsPicture(await PictureFile.OpenAsync(path, format, cancellationToken));

    // Its loader is opened for the first photo of a format: where none is taken it stays blocked.
    public IForeignPicture OpenForeign(string path, ImageFormat format, DecoderProgram? heicDecoder)
    {
        Operation.Block(LoaderOf(format), false);
        return new ForeignPicture(
            format == ImageFormat.WebP ? WebPFile.Open(path)
            : format == ImageFormat.Avif ? HeifFile.Open(path)
            : HeicFile.Open(path, new HeifConvert(heicDecoder!.Path, heicDecoder.Cpu, heicDecoder.Memory)));
    }

    public Exception? DiskFaultIn(Exception exception) => VipsFaults.DiskFaultIn(exception);

    public bool IsOfPicture(Exception exception) => exception is VipsException;

    private static string LoaderOf(ImageFormat format) => format == ImageFormat.WebP ? WebPFile.Loader : HeifFile.Loader;
}
