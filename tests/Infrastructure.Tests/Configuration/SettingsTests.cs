using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Measuring;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Testing;

namespace ImageBackend.Infrastructure.Tests.Configuration;

public sealed class SettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Variables _variables = new() { ["API_SECRET_KEY"] = "a secret" };

    public SettingsTests()
    {
        _variables["INCOMING_FOLDER"] = _folder.Folder("incoming");
        _variables["ACTIVE_FOLDER"] = _folder.Folder("active");
        _variables["TEMP_FOLDER"] = _folder.Folder("temp");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Have_the_predecessors_defaults_where_nothing_is_set()
    {
        SettingsReader reader = _variables.Reader();

        ServiceSettings service = ServiceSettings.Read(reader);
        BackendSettings backend = BackendSettings.Read(reader);

        service.Port.Should().Be(8080);
        backend.Storage.CacheControl.Should().Be("public, max-age=3600");
        backend.Limits.MaxBytes.Should().Be(40_000_000);
        backend.Limits.MaxPixels.Should().Be(220_000_000);
        backend.Limits.MaxFrames.Should().Be(500);
        backend.Privacy.Should().Be(new PrivacyRules(Stripping.None, ExposesGps: false));
        backend.Imaging.DecodeWorkers.Should().BeInRange(1, Environment.ProcessorCount);
        backend.Imaging.IsIsolated.Should().BeTrue();
        backend.Imaging.Limits.Should().Be(new JobLimits(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2.5), 1_024_000_000));
    }

    [Fact]
    public void Are_those_that_are_set()
    {
        _variables["SERVICE_PORT"] = "0";
        _variables["CACHE_CONTROL"] = "no-cache";
        _variables["ROUTE_PREFIX"] = "/img/";
        _variables["ALLOWED_ORIGINS"] = "https://a.example, https://b.example:8443";
        _variables["MAX_UPLOAD_BYTES"] = "300000000";
        _variables["MAX_PIXELS"] = "1000";
        _variables["MAX_FRAMES"] = "3";
        _variables["STRIP_ORIGINAL"] = "GPS";
        _variables["EXPOSE_GPS"] = "1";
        _variables["WEBP_QUALITY"] = "70";
        _variables["WEBP_EFFORT"] = "4";
        _variables["AVIF_QUALITY"] = "40";
        _variables["AVIF_EFFORT"] = "0";
        _variables["DECODE_WORKERS"] = "5";
        _variables["MEMORY_BUDGET_MB"] = "3000";
        _variables["IMAGING_ISOLATION"] = "none";
        _variables["DECODE_CPU_SECONDS"] = "0.5";
        _variables["SVG_CPU_SECONDS"] = "1";
        _variables["DECODE_MEMORY_MB"] = "300";
        _variables["STORAGE_BACKEND"] = "Local";
        SettingsReader reader = _variables.Reader();

        ServiceSettings service = ServiceSettings.Read(reader);
        BackendSettings backend = BackendSettings.Read(reader);

        reader.Mistakes.Should().BeEmpty();
        service.Should().BeEquivalentTo(new ServiceSettings(0, "a secret", null, "/img", ["https://a.example", "https://b.example:8443"]) { Telemetry = new TelemetrySettings(8081, "/metrics", SendsOtlp: false) });
        backend.Limits.Should().Be(new Application.Images.UploadLimits(300_000_000, 1000, 3));
        backend.Privacy.Should().Be(new PrivacyRules(Stripping.Gps, ExposesGps: true));
        backend.Thumbnails.Specs.Should().OnlyContain(spec => spec.WebP == new ModernEncoder(70, 4) && spec.Avif == new ModernEncoder(40, 0));
        backend.Imaging.WorkerVariables.Should().Contain("AVIF_QUALITY", "40");
        backend.Imaging.DecodeWorkers.Should().Be(5);
        backend.Imaging.MemoryBudget.Should().Be(3_000_000_000);
        backend.Imaging.IsIsolated.Should().BeFalse();
        backend.Imaging.Limits.Should().Be(new JobLimits(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), 300_000_000));
        backend.Storage.CacheControl.Should().Be("no-cache");
        FolderSettings folders = backend.Storage.Backend.Should().BeOfType<FolderSettings>().Subject;
        folders.Incoming.FullName.Should().Be(_folder.File("incoming"));
        folders.Active.FullName.Should().Be(_folder.File("active"));
        backend.TempFolder.FullName.Should().Be(_folder.File("temp"));
    }

    [Theory]
    [InlineData("http://localhost:3000")]
    [InlineData("https://[::1]:8443")]
    [InlineData("capacitor://localhost")]
    [InlineData("ionic://localhost")]
    [InlineData("app://obsidian.md")]
    [InlineData("tauri://localhost")]
    [InlineData("chrome-extension://abcdefghijklmnopabcdefghijklmnop")]
    [InlineData("moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc")]
    [InlineData("file://")]
    public void Take_the_origins_of_sites_and_of_apps(string origin)
    {
        _variables["ALLOWED_ORIGINS"] = $"https://www.example.org,{origin}";
        SettingsReader reader = _variables.Reader();

        ServiceSettings service = ServiceSettings.Read(reader);

        reader.Mistakes.Should().BeEmpty();
        service.AllowedOrigins.Should().Equal("https://www.example.org", origin);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("localhost")]
    [InlineData("https://")]
    [InlineData("https://www.example.org/")]
    [InlineData("https://www.example.org/path")]
    [InlineData("https://www.example.org:443")]
    [InlineData("https://*.example.org")]
    [InlineData("https://WWW.example.org")]
    [InlineData("https://bücher.example")]
    [InlineData("https://user@www.example.org")]
    [InlineData("capacitor://localhost/")]
    [InlineData("capacitor:localhost")]
    [InlineData("capacitor://")]
    [InlineData("://localhost")]
    public void Take_no_origin_that_a_browser_would_not_send_and_not_that_of_everybody(string origin)
    {
        _variables["ALLOWED_ORIGINS"] = origin;

        _variables.Mistakes().Should().ContainSingle().Which.Should().StartWith($"ALLOWED_ORIGINS: '{origin}' is ");
    }

    [Fact]
    public void Say_that_folders_have_no_address_to_redirect_to()
    {
        _variables["ACTIVE_REDIRECT"] = "1";

        _variables.Mistakes().Should().Equal("ACTIVE_REDIRECT: needs STORAGE_BACKEND=s3: files of a folder have no address of their own");
    }

    [Fact]
    public void Bound_what_is_under_way()
    {
        _variables["MAX_RECEIVING"] = "3";
        _variables["RECEIVE_BUDGET_MB"] = "40";
        _variables["MAX_PARTIAL"] = "7";
        _variables["PARTIAL_TTL"] = "2h";
        _variables["MAX_READERS"] = "5";
        _variables["MIN_BYTES_PER_SECOND"] = "1000";

        ServiceSettings.Read(_variables.Reader()).Traffic.Should().Be(
            new TrafficLimits(3, 5, 1000) { ReceiveBudgetBytes = 40_000_000, MaxPartial = 7, PartialTimeToLive = TimeSpan.FromHours(2) });
    }

    [Fact]
    public void Give_uploads_a_tenth_of_the_free_space_but_room_for_two_of_the_largest()
    {
        DirectoryInfo temp = new(Path.GetTempPath());
        long tenth = new DriveInfo(temp.FullName).AvailableFreeSpace / 10;
        TrafficLimits limits = ServiceSettings.Read(_variables.Reader()).Traffic;

        limits.BudgetFor(temp, 1).Should().BeCloseTo(Math.Min(tenth, 20_000_000_000), 500_000_000);
        limits.BudgetFor(temp, 30_000_000_000_000).Should().Be(60_000_000_000_000);
        limits.BudgetFor(new DirectoryInfo("/nowhere"), 1000).Should().BeGreaterThanOrEqualTo(2000);
    }

    [Fact]
    [Trait("fault", "c2c-24")]
    public void Say_all_mistakes_at_once_each_with_its_variable_and_what_is_right()
    {
        _variables["SERVICE_PORT"] = "http";
        _variables["CACHE_CONTROL"] = "public\r\nX-Evil: 1";
        _variables["STORAGE_BACKEND"] = "ftp";
        _variables["INCOMING_FOLDER"] = "/nowhere/incoming";
        _variables["MAX_UPLOAD_BYTES"] = "forty";
        _variables["MAX_PIXELS"] = "-1";
        _variables["DECODE_WORKERS"] = "0";

        _variables.Mistakes().Should().BeEquivalentTo(
            "SERVICE_PORT: 'http' is not a whole number from 0 to 65535; for example 8080",
            "CACHE_CONTROL: has a line break or another control character; for example public, max-age=3600",
            "STORAGE_BACKEND: 'ftp' is not one of: local, s3",
            "INCOMING_FOLDER: the folder '/nowhere/incoming' does not exist; make it, or mount it",
            "MAX_UPLOAD_BYTES: 'forty' is not a whole number from 1 to 4000000000; for example 40000000",
            "MAX_PIXELS: '-1' is not a whole number from 1 to 1000000000; for example 220000000",
            $"DECODE_WORKERS: '0' is not a whole number from 1 to 256; for example {Environment.ProcessorCount}");
    }

    [Fact]
    public void What_an_engine_can_not_do_is_a_mistake()
    {
        _variables["IMAGING_ENGINE"] = "imagesharp";
        _variables["GENERATE_WEBP"] = "1";
        _variables["GENERATE_AVIF"] = "1";
        _variables["SVG"] = "sanitize";
        _variables["RESIZING_CONFIG"] = """[{"suffix":"BI","convert":["-resize","100x100","-interlace","Plane"]}]""";
        SettingsReader reader = _variables.Reader();

        _ = BackendSettings.Read(reader);

        reader.Mistakes.Where(mistake => mistake.Contains("IMAGING_ENGINE", StringComparison.Ordinal)).Should().Equal(
            "SVG: can't be sanitize with IMAGING_ENGINE=imagesharp, which reads no drawings",
            "GENERATE_AVIF: can't be 1 with IMAGING_ENGINE=imagesharp, which does not make AVIF",
            "RESIZING_CONFIG: BI can't have -interlace with IMAGING_ENGINE=imagesharp, which writes no progressive JPEG");
    }

    [Theory]
    [InlineData(null, "webp avif heic")]
    [InlineData("avif", "avif")]
    [InlineData("AVIF, webp,avif", "avif webp")]
    [InlineData("none", "")]
    public void Formats_to_convert_are_a_list(string? value, string formats)
    {
        _variables["CONVERT_UPLOADS"] = value;
        _variables["CONVERT_QUALITY"] = "80";
        SettingsReader reader = _variables.Reader();

        Conversion conversion = BackendSettings.Read(reader).Imaging.Conversion;

        string.Join(' ', conversion.Formats).Should().Be(formats);
        conversion.Quality.Should().Be(80);
        reader.Mistakes.Should().NotContain(mistake => mistake.StartsWith("CONVERT", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tiff", "libvips", "CONVERT_UPLOADS: 'tiff' is not one of: webp, avif, heic; or none alone")]
    [InlineData("none,webp", "libvips", "CONVERT_UPLOADS: 'none' is not one of: webp, avif, heic; or none alone")]
    [InlineData("webp", "imagesharp", "CONVERT_UPLOADS: can't be webp with IMAGING_ENGINE=imagesharp, which does not convert WebP")]
    public void Formats_that_are_not_converted_are_a_mistake(string value, string engine, string mistake)
    {
        _variables["CONVERT_UPLOADS"] = value;
        _variables["IMAGING_ENGINE"] = engine;
        SettingsReader reader = _variables.Reader();

        _ = BackendSettings.Read(reader);

        reader.Mistakes.Where(one => one.StartsWith("CONVERT", StringComparison.Ordinal)).Should().Equal(mistake);
    }

    [Fact]
    public void A_decoder_of_HEIC_must_be_there()
    {
        _variables["HEIF_CONVERT"] = "/nowhere/heif-convert";

        _variables.Mistakes().Should().Contain("HEIF_CONVERT: '/nowhere/heif-convert' is not the path of a program; for example /usr/bin/heif-convert");
    }

    [Fact]
    public void Nothing_is_converted_by_default_with_an_engine_that_can_not()
    {
        _variables["IMAGING_ENGINE"] = "imagesharp";
        SettingsReader reader = _variables.Reader();

        BackendSettings.Read(reader).Imaging.Conversion.Formats.Should().BeEmpty();

        reader.Mistakes.Should().NotContain(mistake => mistake.StartsWith("CONVERT", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("libvips", true)]
    [InlineData("imagesharp", false)]
    public void Drawings_are_accepted_by_default_where_the_engine_reads_them(string engine, bool accepted)
    {
        _variables["IMAGING_ENGINE"] = engine;
        SettingsReader reader = _variables.Reader();

        BackendSettings.Read(reader).Limits.TakesDrawings.Should().Be(accepted);

        reader.Mistakes.Where(mistake => mistake.Contains("SVG", StringComparison.Ordinal)).Should().BeEmpty();
    }
}
