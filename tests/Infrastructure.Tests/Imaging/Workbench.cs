using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Workspaces;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>A processor and a folder for its files.</summary>
internal sealed class Workbench : IDisposable
{
    private readonly DecodeQueue _queue = new(places: 2);

    /// <summary>All that libvips converts.</summary>
    public static readonly Conversion Conversion = new(KnownEngines.All[0].Converted, Quality: 92)
    {
        HeicDecoder = new DecoderProgram("/usr/bin/heif-convert", TimeSpan.FromSeconds(10), Memory: 1_000_000_000),
    };

    public TempFolder Folder { get; } = new();

    /// <param name="engine">As in IMAGING_ENGINE.</param>
    public Workbench(string engine = "libvips") => Processor = new ImageProcessor(
        _queue, new MemoryBudget(2_000_000_000), new InProcessRunner(KnownEngines.Of(engine), Conversion), new TempFolderWorkspaces(new DirectoryInfo(Folder.Folder("temp"))), Conversion, new LineLogger<ImageProcessor>(new LogLines()));

    public ImageProcessor Processor { get; }

    /// <returns>The three default thumbnails of a file's bytes, made as an upload makes them.</returns>
    public async Task<Made> MakeAsync(byte[] original, ImageFormat format, CancellationToken cancellationToken = default)
    {
        string path = Folder.Write($"original-{Guid.NewGuid():N}", original);
        ImageHeader header = await Processor.ReadHeaderAsync(path, format, cancellationToken);
        ThumbnailTarget[] targets = Targets(format);
        IReadOnlyList<PixelSize> sizes = (await Processor.MakeThumbnailsAsync(path, format, null, targets, cancellationToken)).Sizes;
        return new Made(header, sizes, [.. targets.Select(target => File.ReadAllBytes(target.Path))]);
    }

    public ThumbnailTarget[] Targets(ImageFormat format) =>
    [
        .. ThumbnailSet.Default.Specs.Select(spec =>
            new ThumbnailTarget(spec, format.ThumbnailFormat, Folder.File($"{Guid.NewGuid():N}{spec.Suffix}.{format.ThumbnailFormat}"))),
    ];

    public void Dispose()
    {
        _queue.Dispose();
        Folder.Dispose();
    }
}

/// <param name="Sizes">Sizes of the thumbnails, as the processor reports them.</param>
/// <param name="Files">The thumbnails BI, MI and SI.</param>
internal sealed record Made(ImageHeader Header, IReadOnlyList<PixelSize> Sizes, IReadOnlyList<byte[]> Files)
{
    public byte[] Big => Files[0];

    public byte[] Middle => Files[1];

    public byte[] Small => Files[2];

    /// <returns>The sizes that result from the rules of <see cref="Geometry"/>.</returns>
    public static PixelSize[] ExpectedSizes(PixelSize source) =>
        [.. ThumbnailSet.Default.Specs.Select(spec => spec.SizeOf(source))];
}
