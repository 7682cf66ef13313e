using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>
/// Uploads a folder of pictures, named by IMAGE_CORPUS, to the program as started in production; manifests in it say what must come out.
/// </summary>
[Trait("Storage", "folders")]
public sealed class CorpusTests(CorpusService corpus) : IClassFixture<CorpusService>
{
    // One reference inverts inks to get colours, while here libvips' profile converts them; the others ignore gAMA, here that of
    // linear light. PngColourTests covers such pictures.
    private static readonly string[] HaveReferencesWithoutColourManagement =
        ["thumbor_cmyk.jpg", "pngsuite_basn0g16.png", "pngsuite_basn2c16.png", "pngsuite_basn3p04.png", "pngsuite_basn4a16.png"];

    // Programs differ in how they count the parts of a pixel that belongs to two fields.
    private const int LevelsAtTheEdgesOfFields = 4;

    public static TheoryData<string, string> Accepted() => Rows("accept");

    public static TheoryData<string, string> Rejected() => Rows("reject");

    public static TheoryData<string, string> Either() => Rows("either");

    [CorpusTheory]
    [MemberData(nameof(Accepted))]
    public async Task Makes_thumbnails_as_the_manifest_says(string file, string check)
    {
        using HttpResponseMessage response = await UploadAsync(file);
        JsonElement answer = await response.ShouldBeJsonAsync(200);

        ImageKey key = ImageKey.Parse(answer.GetProperty("filename").GetString()!);
        PixelSize picture = new(answer.GetProperty("width").GetInt32(), answer.GetProperty("height").GetInt32());
        Dictionary<string, string> checks = Checks(check);
        if (checks.TryGetValue("size", out string? size))
        {
            picture.ToString().Should().Be(size);
        }

        int tolerance = checks.TryGetValue("tol", out string? levels) ? int.Parse(levels, CultureInfo.InvariantCulture) : 24;
        byte[][] thumbnails = [.. ThumbnailSet.Default.BaseKeysOf(key).Select(corpus.Stored)];
        thumbnails.Select(Look.SizeOf).Should().Equal(
            ThumbnailSet.Default.Specs.Select(spec => spec.SizeOf(picture)).Select(one => (one.Width, one.Height)));
        foreach (byte[] thumbnail in thumbnails)
        {
            Look.ExtrasOf(thumbnail).Should().BeEmpty();
            Encoding.Latin1.GetString(thumbnail).Should().NotContain("HOSTILE-PAYLOAD");
            if (checks.TryGetValue("quad", out string? quadrants))
            {
                Look.AtQuadrants(thumbnail).ShouldLookLike([.. quadrants.Split(',').Select(Colour)], tolerance, file);
            }
        }

        if (checks.TryGetValue("ref8x8", out string? reference) && !HaveReferencesWithoutColourManagement.Contains(Path.GetFileName(file)))
        {
            Rgb[] fields = [.. Convert.FromBase64String(reference).Chunk(3).Select(rgb => new Rgb(rgb[0], rgb[1], rgb[2]))];
            Look.AtFields(thumbnails[0]).ShouldLookLike(fields, tolerance + LevelsAtTheEdgesOfFields, file);
        }

        if (key.Format != ImageFormat.Svg)
        {
            corpus.Stored(key).Should().Equal(await File.ReadAllBytesAsync(Find(file)), "the original is kept to the byte");
        }
    }

    [CorpusTheory]
    [MemberData(nameof(Rejected))]
    public async Task Refuses_what_the_manifest_refuses(string file, string check)
    {
        IReadOnlyList<string> before = await corpus.ImagesAsync();

        using HttpResponseMessage response = await UploadAsync(file);

        ((int)response.StatusCode).Should().BeInRange(400, 499, check);
        (await corpus.ImagesAsync()).Should().Equal(before);
    }

    [CorpusTheory]
    [MemberData(nameof(Either))]
    public async Task Takes_the_doubtful_whole_or_refuses_it_whole(string file, string check)
    {
        IReadOnlyList<string> before = await corpus.ImagesAsync();

        using HttpResponseMessage response = await UploadAsync(file);

        if (response.StatusCode != HttpStatusCode.OK)
        {
            ((int)response.StatusCode).Should().BeInRange(400, 499, check);
            (await corpus.ImagesAsync()).Should().Equal(before);
            return;
        }

        ImageKey key = ImageKey.Parse((await response.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!);
        ThumbnailSet.Default.BaseKeysOf(key).Should().AllSatisfy(thumbnail => Look.AtQuadrants(corpus.Stored(thumbnail)), check);
        if (key.Format == ImageFormat.Svg)
        {
            Encoding.UTF8.GetString(corpus.Stored(key)).Should().NotContain("HOSTILE-PAYLOAD").And.NotContain("http://127.0.0.1").And.NotContain("file:");
        }
    }

    private static TheoryData<string, string> Rows(string expect)
    {
        TheoryData<string, string> rows = [];
        if (CorpusTheoryAttribute.Folder is not { } folder)
        {
            return rows;
        }

        foreach (string part in new[] { "own", "third-party" })
        {
            foreach (string[] row in File.ReadLines(Path.Combine(folder, part, "manifest.csv")).Skip(1).Select(Fields))
            {
                if (row[2] == expect)
                {
                    rows.Add(Path.Combine(part, row[0]), row[3]);
                }
            }
        }

        return rows;
    }

    // Fields with commas are in quotes; none contains a line break or a quote.
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

    private async Task<HttpResponseMessage> UploadAsync(string file)
    {
        using HttpContent form = new RawForm().File(await File.ReadAllBytesAsync(Find(file)), Path.GetFileName(file)).ToContent();
        HttpResponseMessage response = await corpus.Client.PostAsync("/upload", form);
        corpus.WorkspacesLeft().Should().BeEmpty();
        corpus.WasAsked.Should().BeFalse("nothing outside of a file is read");
        return response;
    }
}

/// <summary>The program with all defaults, and a listener that the corpus' hostile pictures point to.</summary>
public sealed class CorpusService : IAsyncLifetime, IDisposable
{
    private const int PortInThePictures = 18099;

    private readonly TempFolder _folder = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, PortInThePictures);
    private ServiceProcess? _service;
    private bool _listens;

    internal HttpClient Client { get; private set; } = null!;

    internal bool WasAsked => _listens && _listener.Pending();

    public async Task InitializeAsync()
    {
        if (CorpusTheoryAttribute.Folder is null)
        {
            return;
        }

        try
        {
            _listener.Start();
            _listens = true;
        }
        catch (SocketException)
        {
            // Somebody else uses the port: then only the picture's content can tell.
        }

        _service = ServiceProcess.Start(
            _folder,
            ("API_SECRET_KEY", TestService.Secret),
            ("SERVICE_PORT", "0"),
            ("INCOMING_FOLDER", _folder.Folder("incoming")),
            ("ACTIVE_FOLDER", _folder.Folder("active")),
            ("TEMP_FOLDER", _folder.Folder("temp")),
            ("IMAGING_ENGINE", TestService.Engine));
        Client = await _service.ConnectAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        Client?.Dispose();
        _service?.Dispose();
        _listener.Dispose();
        _folder.Dispose();
    }

    internal Task<IReadOnlyList<string>> ImagesAsync() => new FolderStorage(_folder.File("incoming")).NamesAsync();

    internal byte[] Stored(ImageKey key) => File.ReadAllBytes(Path.Combine(_folder.File("incoming"), key.ToString()));

    internal IEnumerable<string> WorkspacesLeft() => TempLeft.In(_folder.File("temp"));
}

/// <summary>Runs for each row of a manifest; skipped if there is no corpus.</summary>
public sealed class CorpusTheoryAttribute : TheoryAttribute
{
    public CorpusTheoryAttribute() =>
        Skip = Folder is null ? "IMAGE_CORPUS is not set: the folder of test pictures, with `own` and `third-party` in it." : null;

    public static string? Folder { get; } = Environment.GetEnvironmentVariable("IMAGE_CORPUS") is { Length: > 0 } folder ? folder : null;
}
