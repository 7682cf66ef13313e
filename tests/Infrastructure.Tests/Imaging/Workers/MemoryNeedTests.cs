using System.Globalization;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Infrastructure.Workspaces;
using ImageBackend.Testing;
using NetVips;
using Xunit.Abstractions;

namespace ImageBackend.Infrastructure.Tests.Imaging.Workers;

/// <summary>What a worker requests before a decode is enough for it, as measured by the kernel.</summary>
public sealed class MemoryNeedTests(ITestOutputHelper output) : IDisposable
{
    // Below this, the estimate need not be close.
    private const long Little = 96_000_000;

    private readonly TempFolder _folder = new();
    private readonly TempFolder _temp = new();

    public void Dispose()
    {
        _folder.Dispose();
        _temp.Dispose();
    }

    // MEMORY_KINDS=all has all of them; otherwise every sixth one.
    public static TheoryData<string> Kinds =>
        [.. AllKinds.Where((_, index) => IsAll || index % 6 == 0)];

    public static TheoryData<string> KindsOfImageSharp => IsAll
        ? ["progressive JPEG without an end", "cropped JPEG", "PNG", "GIF", "film of photos", "WebP of a JPEG", "wide JPEG"]
        : ["progressive JPEG without an end", "film of photos", "WebP of a JPEG"];

    private static bool IsAll => Environment.GetEnvironmentVariable("MEMORY_KINDS") == "all";

    private static readonly string[] AllKinds =
    [
        "JPEG", "small JPEG", "JPEG, 48 megapixels", "progressive JPEG", "JPEG on its side", "cropped JPEG", "PNG", "interlaced PNG", "PNG of 16 bits", "GIF", "film", "drawing", "WebP of a JPEG", "AVIF of a JPEG", "turned JPEG", "turned PNG",
        "wide PNG of 16 bits with alpha", "wide interlaced PNG with alpha", "tall PNG of 16 bits with alpha", "wide JPEG", "CMYK JPEG", "cropped CMYK JPEG", "wide GIF", "turned GIF", "turned film",
        "drawing with a PNG of 16 megapixels", "drawing with three PNGs", "drawing with a progressive JPEG", "drawing of many elements", "header of a drawing of many elements",
        "sanitised drawing of many elements", "sanitised drawing of long paths", "sanitised drawing of styles", "sanitised drawing with pictures", "stripped JPEG", "WebP of a PNG of 16 bits with alpha",
        "converted WebP", "converted lossless WebP", "converted WebP with alpha", "converted WebP on its side", "converted AVIF", "converted AVIF of full colour", "converted AVIF of 12 bits", "converted AVIF with alpha", "converted small AVIF",
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("MEMORY_CASES") ?? "2", CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task Of_a_generated_picture_is_not_exceeded(int seed)
    {
        Random random = new(seed);
        int side = random.Next(3) switch { 0 => random.Next(200, 2000), 1 => random.Next(2000, 6000), _ => random.Next(6000, 30_000) };
        int other = random.Next(50, Math.Min(6000, 12_000_000 / side) + 51);
        (int width, int height) = random.Next(2) == 0 ? (side, other) : (other, side);
        int bands = random.Next(1, 5);
        bool isDeep = random.Next(2) == 0;
        bool isInterlaced = random.Next(3) == 0;
        ImageFormat format = new[] { ImageFormat.Jpeg, ImageFormat.Png, ImageFormat.Png, ImageFormat.Gif }[random.Next(4)];
        ImageFormat target = new[] { format.ThumbnailFormat, format.ThumbnailFormat, ImageFormat.WebP, ImageFormat.Avif }[random.Next(4)];
        CropArea? crop = random.Next(3) == 0 ? CropArea.Parse($"{(width / 2) + 1}x{(height / 2) + 1}+{width / 4}+{height / 4}") : null;
        using Image image = Shades(width, height, format == ImageFormat.Png ? bands : bands < 3 ? 1 : 3, isDeep && format == ImageFormat.Png);
        byte[] file = format == ImageFormat.Jpeg ? image.JpegsaveBuffer(interlace: isInterlaced, subsampleMode: isDeep ? Enums.ForeignSubsample.Off : Enums.ForeignSubsample.On)
            : format == ImageFormat.Png ? image.PngsaveBuffer(compression: 1, interlace: isInterlaced)
            : image.GifsaveBuffer(effort: 1);
        Job job = random.Next(5) == 0
            ? new TurnJob(_folder.Write("photo", file), format, Rotation.Clockwise, _folder.File("turned"))
            : Thumbnails(file, format, crop, target);
        return MeasureAsync($"{job.GetType().Name} {format} {width}x{height}, {bands} bands, deep {isDeep}, interlaced {isInterlaced}, crop {crop}, as {target}", job);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Is_not_exceeded(string kind) => MeasureAsync(kind, JobOf(kind));

    [Theory]
    [MemberData(nameof(KindsOfImageSharp))]
    public Task Is_not_exceeded_by_ImageSharp(string kind) => MeasureAsync(kind, JobOf(kind), "imagesharp");

    private async Task MeasureAsync(string kind, Job job, string engine = "libvips")
    {
        using WorkerPool pool = new(
            new ImagingSettings(1) { WorkerVariables = new Dictionary<string, string?> { ["IMAGING_ENGINE"] = engine, ["CONVERT_UPLOADS"] = engine == "libvips" ? "webp,avif" : null }, Limits = JobLimits.Default with { Memory = 4_000_000_000, Cpu = TimeSpan.FromMinutes(2), DrawingCpu = TimeSpan.FromMinutes(2) } },
            ThumbnailSet.Default,
            TestWorker.Of(engine),
            new TempFolderWorkspaces(new DirectoryInfo(_temp.Path)),
            new LineLogger<WorkerPool>(new LogLines()));
        await pool.RunAsync(new HeaderJob(_folder.Write("first", Pictures.Jpeg(64, 48)), ImageFormat.Jpeg), _ => Task.CompletedTask, default);
        int worker = Worker();
        File.WriteAllText($"/proc/{worker}/clear_refs", "5"); // resets the peak
        long before = Kilobytes(worker, "VmRSS");
        long asked = 0;

        await pool.RunAsync(job, Admit, default);

        long taken = Kilobytes(worker, "VmHWM") - before;
        string figures = string.Create(CultureInfo.InvariantCulture, $"{kind}: asked for {asked / 1e6:F0} MB, took {taken / 1e6:F0} MB");
        output.WriteLine(figures);
        taken.Should().BeLessThanOrEqualTo(asked, figures);
        asked.Should().BeLessThanOrEqualTo(Math.Max(Little, 3 * taken), figures);

        Task Admit(Need need)
        {
            asked = Math.Max(asked, need.Bytes);
            return Task.CompletedTask;
        }
    }

    private Job JobOf(string kind) => kind switch
    {
        "converted WebP" => Converted(Photo(4000, 3000).WebpsaveBuffer(effort: 0), ImageFormat.WebP),
        "converted lossless WebP" => Converted(Photo(4000, 3000).WebpsaveBuffer(effort: 0, lossless: true), ImageFormat.WebP),
        "converted WebP with alpha" => Converted(Shades(4000, 3000, 4, isDeep: false).WebpsaveBuffer(effort: 0), ImageFormat.WebP),
        "converted WebP on its side" => Converted(ForeignPictures.WithChunks(Photo(4000, 3000).WebpsaveBuffer(effort: 0, keep: Enums.ForeignKeep.None), ("EXIF", ExifWriter.Photo(isBigEndian: false, 6))), ImageFormat.WebP),
        "converted AVIF" => Converted(ForeignPictures.Avif(Photo(2000, 1500), hasFullChroma: false), ImageFormat.Avif),
        "converted AVIF of full colour" => Converted(ForeignPictures.Avif(Photo(2000, 1500)), ImageFormat.Avif),
        "converted AVIF of 12 bits" => Converted(ForeignPictures.Avif(Photo(2000, 1500), bits: 12), ImageFormat.Avif),
        "converted AVIF with alpha" => Converted(ForeignPictures.Avif(Shades(2000, 1500, 4, isDeep: false), hasFullChroma: false), ImageFormat.Avif),
        "converted small AVIF" => Converted(ForeignPictures.Avif(), ImageFormat.Avif),
        "JPEG" => Thumbnails(Photo(4000, 3000).JpegsaveBuffer(), ImageFormat.Jpeg),
        "small JPEG" => Thumbnails(Photo(640, 480).JpegsaveBuffer(), ImageFormat.Jpeg),
        "JPEG, 48 megapixels" => Thumbnails(Photo(8000, 6000).JpegsaveBuffer(), ImageFormat.Jpeg),
        "progressive JPEG" => Thumbnails(Photo(4000, 3000).JpegsaveBuffer(interlace: true), ImageFormat.Jpeg),
        "progressive JPEG without an end" => Thumbnails(Photo(4000, 3000).JpegsaveBuffer(interlace: true)[..^2], ImageFormat.Jpeg),
        "JPEG on its side" => Thumbnails(Pictures.OrientedJpeg(4000, 3000, 6), ImageFormat.Jpeg),
        "cropped JPEG" => Thumbnails(Photo(4000, 3000).JpegsaveBuffer(), ImageFormat.Jpeg, CropArea.Parse("3000x2000+500+500")),
        "PNG" => Thumbnails(Photo(4000, 3000).PngsaveBuffer(compression: 1), ImageFormat.Png),
        "interlaced PNG" => Thumbnails(Photo(3000, 2000).PngsaveBuffer(compression: 1, interlace: true), ImageFormat.Png),
        "PNG of 16 bits" => Thumbnails(Photo(3000, 2000).Cast(Enums.BandFormat.Ushort).Linear([256], [0]).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Rgb16).PngsaveBuffer(compression: 1), ImageFormat.Png),
        "GIF" => Thumbnails(Photo(1600, 1200).GifsaveBuffer(effort: 1), ImageFormat.Gif),
        "film" => Thumbnails(Pictures.AnimatedGif(600, 400, [.. Enumerable.Repeat(10, 30)], 0), ImageFormat.Gif),
        "film of photos" => Thumbnails(Film(), ImageFormat.Gif),
        "drawing" => Thumbnails(Pictures.SvgBytes(2000, 1500), ImageFormat.Svg),
        "WebP of a JPEG" => Thumbnails(Photo(4000, 3000).JpegsaveBuffer(), ImageFormat.Jpeg, target: ImageFormat.WebP),
        "AVIF of a JPEG" => Thumbnails(Photo(4000, 3000).JpegsaveBuffer(), ImageFormat.Jpeg, target: ImageFormat.Avif),
        "wide PNG of 16 bits with alpha" => Thumbnails(Shades(30_000, 800, 4, isDeep: true).PngsaveBuffer(compression: 1), ImageFormat.Png),
        "wide interlaced PNG with alpha" => Thumbnails(Shades(30_000, 400, 4, isDeep: false).PngsaveBuffer(compression: 1, interlace: true), ImageFormat.Png),
        "tall PNG of 16 bits with alpha" => Thumbnails(Shades(400, 30_000, 4, isDeep: true).PngsaveBuffer(compression: 1), ImageFormat.Png),
        "WebP of a PNG of 16 bits with alpha" => Thumbnails(Shades(3000, 2000, 4, isDeep: true).PngsaveBuffer(compression: 1), ImageFormat.Png, target: ImageFormat.WebP),
        "wide JPEG" => Thumbnails(Shades(30_000, 2400, 3, isDeep: false).JpegsaveBuffer(), ImageFormat.Jpeg),
        "CMYK JPEG" => Thumbnails(Inks(), ImageFormat.Jpeg),
        "cropped CMYK JPEG" => Thumbnails(Inks(), ImageFormat.Jpeg, CropArea.Parse("7000x900+500+50")),
        "wide GIF" => Thumbnails(Shades(15_000, 400, 3, isDeep: false).GifsaveBuffer(effort: 1), ImageFormat.Gif),
        "turned film" => new TurnJob(_folder.Write("film", Pictures.AnimatedGif(1200, 900, [.. Enumerable.Range(10, 40)], 0)), ImageFormat.Gif, Rotation.Clockwise, _folder.File("turned")),
        "turned GIF" => new TurnJob(_folder.Write("photo", Shades(2000, 1500, 3, isDeep: false).GifsaveBuffer(effort: 1)), ImageFormat.Gif, Rotation.Clockwise, _folder.File("turned")),
        "drawing with a PNG of 16 megapixels" => Thumbnails(With(Shades(4000, 4000, 1, isDeep: false).PngsaveBuffer()), ImageFormat.Svg),
        "drawing with three PNGs" => Thumbnails(With([.. Enumerable.Range(1, 3).Select(i => Shades(3000 + i, 2000, 3, isDeep: false).PngsaveBuffer())]), ImageFormat.Svg),
        "drawing with a progressive JPEG" => Thumbnails(With(Shades(4000, 3000, 3, isDeep: false).JpegsaveBuffer(q: 30, interlace: true)), ImageFormat.Svg),
        "drawing of many elements" => Thumbnails(ManyElements(), ImageFormat.Svg),
        "header of a drawing of many elements" => new HeaderJob(_folder.Write("drawing", ManyElements()), ImageFormat.Svg),
        "sanitised drawing of many elements" => new InspectJob(_folder.Write("drawing", ManyElements()), ImageFormat.Svg, _folder.File("sanitised")),
        "sanitised drawing of long paths" => new InspectJob(
            _folder.Write("drawing", Drawing($"<path d=\"M0 0{string.Concat(Enumerable.Repeat("h1v1", 200_000))}\"/>")), ImageFormat.Svg, _folder.File("sanitised")),
        "sanitised drawing of styles" => new InspectJob(
            _folder.Write("drawing", Drawing($"<style>{string.Concat(Enumerable.Range(0, 80_000).Select(i => $".a{i % 1000}{{fill:#123456}}"))}</style>")), ImageFormat.Svg, _folder.File("sanitised")),
        "sanitised drawing with pictures" => new InspectJob(
            _folder.Write("drawing", With(Enumerable.Repeat(Photo(700, 500).JpegsaveBuffer(q: 60), 5).ToArray())), ImageFormat.Svg, _folder.File("sanitised")),
        "stripped JPEG" => new StripJob(_folder.Write("photo", Photo(4000, 3000).JpegsaveBuffer()), ImageFormat.Jpeg, Stripping.Gps, _folder.File("stripped")),
        "turned JPEG" => new TurnJob(_folder.Write("photo", Photo(4000, 3000).JpegsaveBuffer()), ImageFormat.Jpeg, Rotation.Clockwise, _folder.File("turned")),
        _ => new TurnJob(_folder.Write("photo", Photo(3000, 2000).PngsaveBuffer(compression: 1)), ImageFormat.Png, Rotation.Clockwise, _folder.File("turned")),
    };

    private static byte[] Inks()
    {
        using Image inks = Shades(8000, 1000, 4, isDeep: false).Copy(interpretation: Enums.Interpretation.Cmyk);
        return inks.JpegsaveBuffer();
    }

    private static byte[] ManyElements() => Drawing(string.Concat(Enumerable.Repeat("<path d=\"M0 0L1 1\" fill=\"red\"/>", 45_000)));

    private static byte[] With(params byte[][] pngs) => Drawing(string.Concat(pngs.Select((png, i) =>
        $"<image x=\"{i}\" width=\"100\" height=\"100\" href=\"data:image/{(png[0] == 0xFF ? "jpeg" : "png")};base64,{Convert.ToBase64String(png)}\"/>")));

    private static byte[] Drawing(string inside) => Encoding.ASCII.GetBytes($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"100\">{inside}</svg>");

    // Cheap to make and to decode: what a decode holds does not depend on what the picture shows.
    private static Image Shades(int width, int height, int bands, bool isDeep)
    {
        using Image shades = Image.Xyz(width, height)[0].Cast(Enums.BandFormat.Uchar);
        Image all = bands == 1 ? shades.Copy() : shades.Bandjoin([.. Enumerable.Repeat(shades, bands - 1)]);
        return isDeep
            ? (all.Cast(Enums.BandFormat.Ushort) * 256).Cast(Enums.BandFormat.Ushort).Copy(interpretation: bands < 3 ? Enums.Interpretation.Grey16 : Enums.Interpretation.Rgb16)
            : all.Copy(interpretation: bands < 3 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
    }

    private static byte[] Film()
    {
        using Image photo = Photo(600, 400);
        using Image frames = Image.Arrayjoin([.. Enumerable.Range(0, 6).Select(i => photo.Wrap(x: 20 * i))], across: 1);
        using Image film = frames.Mutate(tags => tags.Set(GValue.GIntType, "page-height", 400));
        return film.GifsaveBuffer(effort: 1);
    }

    private static Image Photo(int width, int height) => Pictures.Noise(width, height);

    private ConvertJob Converted(byte[] photo, ImageFormat format) => new(_folder.Write("photo", photo), format, Into: null, _folder.File("converted"));

    private ThumbnailsJob Thumbnails(byte[] file, ImageFormat format, CropArea? crop = null, ImageFormat? target = null) => new(
        _folder.Write("photo", file),
        format,
        crop,
        [.. ThumbnailSet.Default.Specs.Select(spec => new ThumbnailTarget(spec, target ?? format.ThumbnailFormat, _folder.File(spec.Suffix)))]);

    private int Worker() => RunningPrograms.With($"{ImagingWorker.Verb}\0{_temp.Path}").Single();

    private static long Kilobytes(int process, string name) => 1024 * long.Parse(
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
