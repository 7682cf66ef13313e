using ImageBackend.Domain;
using ImageBackend.Infrastructure.Files;
using ImageBackend.Infrastructure.Imaging.Engine;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Memory;

namespace ImageBackend.Infrastructure.Imaging.ImageSharp;

/// <summary>SixLabors.ImageSharp 2.1: managed code only, at 2.4 times the CPU time of libvips, and with the whole picture in memory.</summary>
internal sealed class ImageSharpEngine : IImagingEngine
{
    public string Name => "imagesharp";

    public IReadOnlyList<ImageFormat> Originals { get; } = [ImageFormat.Jpeg, ImageFormat.Png, ImageFormat.Gif];

    public IReadOnlyList<ImageFormat> ModernFormats { get; } = [ImageFormat.WebP];

    public bool EncodesProgressiveJpeg => false;

    public void EnsureReady()
    {
        // Nothing native has to be loaded.
    }

    public string? FindOpenDecoder(string folder)
    {
        const string Name = "check.bmp";
        string path = Path.Combine(folder, Name);
        using Image image = new Image<SixLabors.ImageSharp.PixelFormats.Rgb24>(8, 8);
        image.SaveAsBmp(path);
        try
        {
            using Image read = Image.Load(SharpConfiguration.Settings, path);
            return Name;
        }
        catch (UnknownImageFormatException)
        {
            return null;
        }
    }

    public Task<IPicture> OpenAsync(string path, ImageFormat format, CancellationToken cancellationToken) =>
        Task.FromResult<IPicture>(new SharpPicture(SharpSource.Open(path, format, cancellationToken)));

    public Exception? DiskFaultIn(Exception exception) => exception is not EndOfStreamException && DiskFaults.IsOfDisk(exception) ? exception : null;

    // Its decoders were written for files that are what they claim to be: hostile ones make them leave their arrays, or divide by zero.
    public bool IsOfPicture(Exception exception) =>
        exception is ImageFormatException or ImageProcessingException or InvalidMemoryOperationException or EndOfStreamException or InvalidDataException
            or ArithmeticException or IndexOutOfRangeException or ArgumentException or NullReferenceException or InvalidOperationException
            or NotSupportedException or KeyNotFoundException or InvalidCastException;
}
