using System.Globalization;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Storage;
using ImageBackend.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Infrastructure.Tests.Imaging;

/// <summary>Uploads of a folder of pictures, ours and other projects', that IMAGE_CORPUS names; each has a manifest that says what must come out.</summary>
public sealed class CorpusTests : IDisposable
{
    /// <summary>Its reference inverts inks to colours; here they are what libvips' profile makes of them.</summary>
    private const string HasAReferenceWithoutColourManagement = "thumbor_cmyk.jpg";

    // Programs differ in how they count the parts of a pixel that lie in two fields.
    private const int LevelsAtTheEdgesOfFields = 4;

    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services;

    public CorpusTests()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddImageBackend(new BackendSettings(
            new StorageSettings(new DirectoryInfo(_folder.Folder("incoming")), new DirectoryInfo(_folder.Folder("active"))),
            new DirectoryInfo(_folder.Folder("temp")),
            ThumbnailSet.Default,
            new UploadLimits(MaxBytes: 40_000_000, MaxPixels: 100_000_000, MaxFrames: 500),
            new ImagingSettings(DecodeWorkers: 2)));
        _services = services.BuildServiceProvider();
    }

    public static TheoryData<string, string> Accepted() => Rows("accept");

    public static TheoryData<string, string> Rejected() => Rows("reject");

    public static TheoryData<string, string> Either() => Rows("either");

    public void Dispose()
    {
        _services.Dispose();
        _folder.Dispose();
    }

    [CorpusTheory]
    [MemberData(nameof(Accepted))]
    public async Task Makes_thumbnails_as_the_manifest_says(string file, string check)
    {
        UploadedImage image = await UploadAsync(file);

        Dictionary<string, string> checks = Checks(check);
        if (checks.TryGetValue("size", out string? size))
        {
            image.Size.ToString().Should().Be(size);
        }

        int tolerance = checks.TryGetValue("tol", out string? levels) ? int.Parse(levels, CultureInfo.InvariantCulture) : 24;
        PixelSize[] sizes = Made.ExpectedSizes(image.Size);
        byte[][] thumbnails = [.. ThumbnailSet.Default.BaseKeysOf(image.Key).Select(key => File.ReadAllBytes(Stored(key)))];
        thumbnails.Select(Look.SizeOf).Should().Equal(sizes.Select(one => (one.Width, one.Height)));
        foreach (byte[] thumbnail in thumbnails)
        {
            Look.ExtrasOf(thumbnail).Should().BeEmpty();
            Encoding.Latin1.GetString(thumbnail).Should().NotContain("HOSTILE-PAYLOAD");
            if (checks.TryGetValue("quad", out string? quadrants))
            {
                Look.AtQuadrants(thumbnail).ShouldLookLike([.. quadrants.Split(',').Select(Colour)], tolerance, file);
            }
        }

        if (checks.TryGetValue("ref8x8", out string? reference) && Path.GetFileName(file) != HasAReferenceWithoutColourManagement)
        {
            Rgb[] fields = [.. Convert.FromBase64String(reference).Chunk(3).Select(rgb => new Rgb(rgb[0], rgb[1], rgb[2]))];
            Look.AtFields(thumbnails[0]).ShouldLookLike(fields, tolerance + LevelsAtTheEdgesOfFields, file);
        }

        File.ReadAllBytes(Stored(image.Key)).Should().Equal(File.ReadAllBytes(Find(file)), "the original is kept to the byte");
    }

    [CorpusTheory]
    [MemberData(nameof(Rejected))]
    public async Task Refuses_what_the_manifest_refuses(string file, string check)
    {
        Func<Task> act = () => UploadAsync(file);

        await act.Should().ThrowAsync<InvalidImageException>(check);
        Directory.EnumerateFileSystemEntries(_folder.File("incoming")).Should().BeEmpty();
    }

    [CorpusTheory]
    [MemberData(nameof(Either))]
    public async Task Takes_the_doubtful_whole_or_refuses_it_whole(string file, string check)
    {
        try
        {
            UploadedImage image = await UploadAsync(file);

            ThumbnailSet.Default.BaseKeysOf(image.Key).Should().AllSatisfy(key => Look.AtQuadrants(File.ReadAllBytes(Stored(key))), check);
        }
        catch (InvalidImageException)
        {
            Directory.EnumerateFileSystemEntries(_folder.File("incoming")).Should().BeEmpty();
        }
    }

    private static TheoryData<string, string> Rows(string expect)
    {
        TheoryData<string, string> rows = [];
        if (CorpusTheoryAttribute.Folder is not { } corpus)
        {
            return rows;
        }

        foreach (string folder in new[] { "own", "third-party" })
        {
            foreach (string[] row in File.ReadLines(Path.Combine(corpus, folder, "manifest.csv")).Skip(1).Select(Fields))
            {
                if (row[2] == expect)
                {
                    rows.Add(Path.Combine(folder, row[0]), row[3]);
                }
            }
        }

        return rows;
    }

    // Fields with commas stand in quotes; no line break and no quote is in any.
    private static string[] Fields(string line) =>
        [.. line.Split('"').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Trim(',').Split(','))];

    private static Dictionary<string, string> Checks(string check) => check.Split(';')
        .Select(one => one.Split('=', 2))
        .Where(pair => pair.Length == 2)
        .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    private static Rgb Colour(string hex)
    {
        byte[] rgb = Convert.FromHexString(hex);
        return new Rgb(rgb[0], rgb[1], rgb[2]);
    }

    private static string Find(string file) => Path.Combine(CorpusTheoryAttribute.Folder!, file);

    private string Stored(ImageKey key) => Path.Combine(_folder.File("incoming"), key.ToString());

    private async Task<UploadedImage> UploadAsync(string file)
    {
        await using FileStream content = File.OpenRead(Find(file));
        try
        {
            return await _services.GetRequiredService<IMediator>().Send(new UploadImage(content));
        }
        finally
        {
            Directory.EnumerateFileSystemEntries(_folder.File("temp")).Should().BeEmpty();
        }
    }
}

/// <summary>Runs for each row of a manifest; skipped where there is no corpus.</summary>
public sealed class CorpusTheoryAttribute : TheoryAttribute
{
    public CorpusTheoryAttribute() =>
        Skip = Folder is null ? "IMAGE_CORPUS is not set: the folder of test pictures, with `own` and `third-party` in it." : null;

    public static string? Folder { get; } = Environment.GetEnvironmentVariable("IMAGE_CORPUS") is { Length: > 0 } folder ? folder : null;
}
