using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Simulation.Tests.Processes;

namespace ImageBackend.Simulation.Tests.Ports;

/// <summary>The imaging of one process. Its faults are those of the temp folder.</summary>
internal sealed class SimulatedProcessor(SimulatedProcess process) : IImageProcessor
{
    private const string Name = "temp";

    public string? Engine => null;

    public Task<Inspection> InspectAsync(string path, string? sanitised, CancellationToken cancellationToken) =>
        CallAsync("inspect", () => new Inspection(ImageFormat.Jpeg, HeaderOf(path)), cancellationToken);

    public Task ConvertAsync(string path, ImageFormat format, ImageFormat? into, string destination, CancellationToken cancellationToken) =>
        throw new NotSupportedException("No schedule converts.");

    public Task<ImageHeader> ReadHeaderAsync(string path, ImageFormat format, CancellationToken cancellationToken) =>
        CallAsync("read header", () => HeaderOf(path), cancellationToken);

    public Task StripAsync(string path, ImageFormat format, Stripping what, string destination, CancellationToken cancellationToken) =>
        throw new NotSupportedException("No schedule strips.");

    public Task<string> HashAsync(string path, ImageFormat format, CancellationToken cancellationToken) =>
        throw new NotSupportedException("No schedule looks at an image.");

    public Task<MadePictures> MakeThumbnailsAsync(
        string path, ImageFormat format, CropArea? crop, IReadOnlyList<ThumbnailTarget> targets, CancellationToken cancellationToken) => CallAsync(
        "make thumbnails",
        MadePictures () =>
        {
            string original = process.Files.Read(path);
            if (Picture.IsBroken(original))
            {
                throw new InvalidImageException(InvalidImageException.BrokenImage, "It is broken.");
            }

            PixelSize size = Picture.SizeOf(original);
            PixelRect part = new(0, 0, size.Width, size.Height);
            if (crop is not null && !crop.TryClip(size, out part))
            {
                throw new InvalidImageException(InvalidImageException.BadCrop, "The crop lies outside.");
            }

            foreach (ThumbnailTarget target in targets)
            {
                process.Files.Write(target.Path, Picture.ThumbnailOf(original, target.Spec.Suffix, target.Format, crop));
            }

            return new MadePictures([.. targets.Select(target => target.Spec.SizeOf(part.Size))], ThumbHash: null);
        },
        cancellationToken);

    public Task TurnAsync(string path, ImageFormat format, Rotation? rotation, string destination, CancellationToken cancellationToken) => CallAsync(
        "turn",
        () =>
        {
            process.Files.Write(destination, Picture.Turned(process.Files.Read(path), rotation));
            return true;
        },
        cancellationToken);

    private ImageHeader HeaderOf(string path) => new(Picture.SizeOf(process.Files.Read(path)), Frames: 1);

    private Task<T> CallAsync<T>(string verb, Func<T> effect, CancellationToken cancellationToken) =>
        process.CallAsync(new CallName(Name, verb, null), effect, cancellationToken);
}
