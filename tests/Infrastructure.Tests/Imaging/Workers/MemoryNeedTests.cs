using System.Diagnostics;
using System.Globalization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Testing;
using NetVips;
using Xunit.Abstractions;

namespace ImageBackend.Infrastructure.Tests.Imaging.Workers;

/// <summary>What a worker asks for before a decode is enough for it: counted by the kernel.</summary>
public sealed class MemoryNeedTests(ITestOutputHelper output) : IDisposable
{
    // Code and tables that are loaded at the first picture of a kind.
    private const long Once = 24_000_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Kinds =>
    [
        "JPEG", "small JPEG", "JPEG, 48 megapixels", "progressive JPEG", "JPEG on its side", "cropped JPEG", "PNG", "interlaced PNG", "PNG of 16 bits", "GIF", "film", "drawing", "WebP of a JPEG", "AVIF of a JPEG", "turned JPEG", "turned PNG",
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Is_not_exceeded(string kind)
    {
        using WorkerPool pool = new(
            new ImagingSettings(1),
            ThumbnailSet.Default,
            new WorkerProgram("dotnet", [Path.Combine(AppContext.BaseDirectory, "images.dll")]),
            _folder.Path,
            new LineLogger<WorkerPool>(new LogLines()));
        await pool.RunAsync(new HeaderJob(_folder.Write("first", Pictures.Jpeg(64, 48)), ImageFormat.Jpeg), _ => Task.CompletedTask, default);
        int worker = Worker();
        long before = 0;
        long asked = 0;

        await pool.RunAsync(JobOf(kind), Admit, default);

        long taken = Kilobytes(worker, "VmHWM") - before;
        output.WriteLine($"{kind}: asked for {asked / 1_000_000} MB, took {taken / 1_000_000} MB");
        taken.Should().BeLessThan(asked + Once);

        Task Admit(Need need)
        {
            asked = need.Bytes;
            File.WriteAllText($"/proc/{worker}/clear_refs", "5"); // the peak begins anew
            before = Kilobytes(worker, "VmRSS");
            return Task.CompletedTask;
        }
    }

    private Job JobOf(string kind) => kind switch
    {
        "JPEG" => Thumbnails(Photo(4000, 3000).JpegsaveBuffer(), ImageFormat.Jpeg),
        "small JPEG" => Thumbnails(Photo(640, 480).JpegsaveBuffer(), ImageFormat.Jpeg),
        "JPEG, 48 megapixels" => Thumbnails(Photo(8000, 6000).JpegsaveBuffer(), ImageFormat.Jpeg),
        "progressive JPEG" => Thumbnails(Photo(4000, 3000).JpegsaveBuffer(interlace: true), ImageFormat.Jpeg),
        "JPEG on its side" => Thumbnails(Pictures.OrientedJpeg(4000, 3000, 6), ImageFormat.Jpeg),
        "cropped JPEG" => Thumbnails(Photo(4000, 3000).JpegsaveBuffer(), ImageFormat.Jpeg, CropArea.Parse("3000x2000+500+500")),
        "PNG" => Thumbnails(Photo(4000, 3000).PngsaveBuffer(compression: 1), ImageFormat.Png),
        "interlaced PNG" => Thumbnails(Photo(3000, 2000).PngsaveBuffer(compression: 1, interlace: true), ImageFormat.Png),
        "PNG of 16 bits" => Thumbnails(Photo(3000, 2000).Cast(Enums.BandFormat.Ushort).Linear([256], [0]).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Rgb16).PngsaveBuffer(compression: 1), ImageFormat.Png),
        "GIF" => Thumbnails(Photo(1600, 1200).GifsaveBuffer(effort: 1), ImageFormat.Gif),
        "film" => Thumbnails(Pictures.AnimatedGif(600, 400, [.. Enumerable.Repeat(10, 30)], 0), ImageFormat.Gif),
        "drawing" => Thumbnails(Pictures.SvgBytes(2000, 1500), ImageFormat.Svg),
        "WebP of a JPEG" => Thumbnails(Photo(4000, 3000).JpegsaveBuffer(), ImageFormat.Jpeg, target: ImageFormat.WebP),
        "AVIF of a JPEG" => Thumbnails(Photo(4000, 3000).JpegsaveBuffer(), ImageFormat.Jpeg, target: ImageFormat.Avif),
        "turned JPEG" => new TurnJob(_folder.Write("photo", Photo(4000, 3000).JpegsaveBuffer()), ImageFormat.Jpeg, Rotation.Clockwise, _folder.File("turned")),
        _ => new TurnJob(_folder.Write("photo", Photo(3000, 2000).PngsaveBuffer(compression: 1)), ImageFormat.Png, Rotation.Clockwise, _folder.File("turned")),
    };

    private static Image Photo(int width, int height) => Pictures.Noise(width, height);

    private ThumbnailsJob Thumbnails(byte[] file, ImageFormat format, CropArea? crop = null, ImageFormat? target = null) => new(
        _folder.Write("photo", file),
        format,
        crop,
        [.. ThumbnailSet.Default.Specs.Select(spec => new ThumbnailTarget(spec, target ?? format.OfThumbnail, _folder.File(spec.Suffix)))]);

    private int Worker() => Process.GetProcessesByName("dotnet").Single(process => File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(_folder.Path, StringComparison.Ordinal)).Id;

    private static long Kilobytes(int process, string name) => 1024 * long.Parse(
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
