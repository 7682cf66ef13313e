using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using ImageBackend.Testing;
using ImageBackend.Web.Tests.Resumable;

namespace ImageBackend.Web.Tests;

/// <summary>What Prometheus reads, and what a collector is sent. Each test has a service as a process of its own: measurements belong to a process.</summary>
[Trait("Storage", "folders")]
public sealed partial class MetricsTests(PostgresServer server) : ProgramSite, IClassFixture<PostgresServer>
{
    [Fact]
    [Trait("fault", "c2c-6")]
    public async Task A_scrape_has_exactly_what_a_session_caused_by_our_names_and_the_predecessors()
    {
        using ServiceProcess service = StartForReal(("GENERATE_WEBP", "1"), ("AUTO_ORIENT_ORIGINAL", "1"));
        using HttpClient client = await service.ConnectAsync();
        string first = await UploadAsync(client, Pictures.Jpeg(60, 40), 200);
        string second = await UploadAsync(client, Pictures.Png(30, 20), 200);
        await UploadAsync(client, "no picture"u8.ToArray(), 400);
        await PostAsync(client, "/publish", 200, ("filename", first));
        await PostAsync(client, "/publish", 200, ("filename", first)); // again
        await PostAsync(client, "/publish", 200, ("filename", second));
        await PostAsync(client, "/publish", 404, ("filename", "1795476840_8949103649.jpg"));
        await PostAsync(client, "/rotate", 200, ("filename", first));
        await PostAsync(client, "/delete", 200, ("filenames", second));
        (await client.GetAsync("/nowhere")).StatusCode.Should().Be(HttpStatusCode.NotFound);

        IReadOnlyDictionary<string, double> scrape = await ScrapeOnceAsync(service, "http_requests_time_count{code=\"404\",endpoint=\"notfound\",method=\"GET\",service=\"c2c_images\"}", 1);

        scrape.Should().Contain(new Dictionary<string, double>
        {
            ["uploaded_images{format=\"jpg\",service=\"c2c_images\"}"] = 1,
            ["uploaded_images{format=\"png\",service=\"c2c_images\"}"] = 1,
            ["published_images{service=\"c2c_images\"}"] = 2,
            ["deleted_images{service=\"c2c_images\"}"] = 1,
            ["rotated_images{service=\"c2c_images\"}"] = 1,
            ["published_thumbnails_error{service=\"c2c_images\"}"] = 0,
            ["error_counter{service=\"c2c_images\"}"] = 3,
            ["thumbnail_rotations_time_count{service=\"c2c_images\"}"] = 1,
            ["http_requests_time_count{code=\"200\",endpoint=\"upload\",method=\"POST\",service=\"c2c_images\"}"] = 2,
            ["http_requests_time_count{code=\"400\",endpoint=\"upload\",method=\"POST\",service=\"c2c_images\"}"] = 1,
            ["http_requests_time_count{code=\"200\",endpoint=\"publish\",method=\"POST\",service=\"c2c_images\"}"] = 3,
            ["http_requests_time_count{code=\"404\",endpoint=\"publish\",method=\"POST\",service=\"c2c_images\"}"] = 1,
            ["http_requests_time_count{code=\"404\",endpoint=\"notfound\",method=\"GET\",service=\"c2c_images\"}"] = 1,
            ["images_uploads_total{format=\"jpg\",outcome=\"ok\"}"] = 1,
            ["images_uploads_total{format=\"png\",outcome=\"ok\"}"] = 1,
            ["images_uploads_total{format=\"none\",outcome=\"unsupported_format\"}"] = 1,
            ["images_published_total{}"] = 3, // the turned one, too
            ["images_request_duration_seconds_count{outcome=\"ok\",request=\"RotateImage\"}"] = 1,
            ["images_request_duration_seconds_count{outcome=\"unknown_image\",request=\"PublishImage\"}"] = 1,
            ["images_decode_duration_seconds_count{format=\"jpg\",job=\"turn\",outcome=\"ok\"}"] = 1,
            ["images_decode_duration_seconds_count{format=\"svg\",job=\"inspect\",outcome=\"unsupported_format\"}"] = 1,
            ["images_publish_stage_duration_seconds_count{stage=\"original\"}"] = 3,
        });
        scrape.Should().ContainKeys("images_decode_memory_limit_bytes{}", "images_workers{}", "images_space_free_bytes{folder=\"temp\"}", "images_space_free_bytes{folder=\"incoming\"}");
        scrape.Keys.Should().Contain(line => line.StartsWith("service_info{", StringComparison.Ordinal))
            .And.Contain(line => line.StartsWith("thumbnail_generations_time_bucket{format=\"jpg\",service=\"c2c_images\",size=\"BI\",le=\"64\"}", StringComparison.Ordinal));
        scrape.Keys.Should().NotContain(line => line.Contains(first, StringComparison.Ordinal), "a series for each image would never end");
    }

    [Fact]
    public async Task A_resumable_upload_counts_as_an_upload_and_its_address_is_no_label()
    {
        using ServiceProcess service = StartForReal();
        using HttpClient client = await service.ConnectAsync();
        byte[] photo = Pictures.Jpeg(60, 40);
        TusSender tus = new(client);
        string stored = await tus.CreatedAsync(photo.Length);
        string waiting = await tus.CreatedAsync(photo.Length);
        string removed = await tus.CreatedAsync(photo.Length);
        using HttpResponseMessage all = await tus.PatchAsync(stored, 0, photo);
        using HttpResponseMessage part = await tus.PatchAsync(waiting, 0, photo[..100]);
        using HttpResponseMessage gone = await tus.DeleteAsync(removed);
        using HttpResponseMessage refused = await tus.CreateAsync(photo.Length / 2, photo[..(photo.Length / 2)]);

        IReadOnlyDictionary<string, double> scrape = await ScrapeOnceAsync(service, "http_requests_time_count{code=\"201\",endpoint=\"files\",method=\"POST\",service=\"c2c_images\"}", 3);

        scrape.Should().Contain(new Dictionary<string, double>
        {
            ["uploaded_images{format=\"jpg\",service=\"c2c_images\"}"] = 1,
            ["images_uploads_total{format=\"jpg\",outcome=\"ok\"}"] = 1,
            ["http_requests_time_count{code=\"200\",endpoint=\"files\",method=\"PATCH\",service=\"c2c_images\"}"] = 1,
            ["http_requests_time_count{code=\"201\",endpoint=\"files\",method=\"POST\",service=\"c2c_images\"}"] = 3,
            ["images_resumable_total{outcome=\"created\"}"] = 4,
            ["images_resumable_total{outcome=\"stored\"}"] = 1,
            ["images_resumable_total{outcome=\"refused\"}"] = 1,
            ["images_resumable_total{outcome=\"removed\"}"] = 1,
            ["images_resumable_total{outcome=\"expired\"}"] = 0,
            ["images_partial{}"] = 2, // the answer of one is kept
            ["images_partial_bytes{}"] = 100,
        });
        scrape.Keys.Should().NotContain(line => line.Contains(Path.GetFileName(stored), StringComparison.Ordinal));
    }

    [NeedsPostgresFact]
    public async Task Every_metric_that_the_dashboard_and_the_alerts_name_is_in_a_scrape()
    {
        string address = await server.CreateDatabaseAsync("SELECT 1");
        await SeenRuns.FillAsync(address);
        using ServiceProcess service = StartForReal(("BATCH_DATABASE_URL", address));
        using HttpClient client = await service.ConnectAsync();
        string key = await UploadAsync(client, Pictures.Jpeg(60, 40), 200);
        await PostAsync(client, "/publish", 200, ("filename", key));
        string dashboard = await File.ReadAllTextAsync(Repository.File("build/grafana/dashboard.json"));
        string alerts = await File.ReadAllTextAsync(Repository.File("build/prometheus/alerts.yml"));
        string[] expressions =
        [
            .. Regex.Matches(dashboard, "\"expr\": (?<text>\".*\")").Select(match => JsonSerializer.Deserialize<string>(match.Groups["text"].Value)!),
            .. Regex.Matches(alerts, @"expr: (>-\n)?(?<text>.*)").Select(match => match.Groups["text"].Value),
        ];

        HashSet<string> there = [.. (await ScrapeAsync(service)).Keys.Select(line => line.Split('{')[0])];

        expressions.Should().HaveCountGreaterThan(30);
        MetricsIn(string.Join('\n', expressions)).Except(["up"]).Should().HaveCountGreaterThan(20).And.BeSubsetOf(there);
    }

    [Theory]
    [InlineData("sum by (le, a) (rate(one_total{b=~\"two.*\"}[5m])) / max(three) > 2e9", "one_total three")]
    [InlineData("histogram_quantile(0.95, sum by (le) (rate(one_bucket[$__rate_interval])))", "one_bucket")]
    public void Names_in_an_expression_are_found(string expression, string names) => MetricsIn(expression).Should().BeEquivalentTo(names.Split(' '));

    private static IEnumerable<string> MetricsIn(string expressions)
    {
        string bare = Regex.Replace(expressions, @"\{[^}]*\}|\[[^]]*\]|\bby \([^)]*\)", "");
        return Regex.Matches(bare, @"(?<![\w.])[a-z_][a-z0-9_]*\b(?!\s*\()").Select(match => match.Value).Except(["sum", "min", "max", "by"]).Distinct();
    }

    [NeedsPostgresFact]
    public async Task Runs_that_several_machines_share_are_told_for_as_long_as_their_database_can_be_read()
    {
        string address = await server.CreateDatabaseAsync("SELECT 1");
        await SeenRuns.FillAsync(address);
        using ServiceProcess service = StartForReal(("BATCH_DATABASE_URL", address));
        using HttpClient client = await service.ConnectAsync();

        Dictionary<string, double> first = RunsIn(await ScrapeAsync(service));
        first.Remove("images_run_silence_seconds{kind=\"resize\",run=\"1\"}", out double silence).Should().BeTrue();
        silence.Should().BePositive();
        first.Should().BeEquivalentTo(new Dictionary<string, double>
        {
            ["images_run_database_up{}"] = 1,
            ["images_run_items{kind=\"resize\",outcome=\"processed\",run=\"1\"}"] = 2,
            ["images_run_items{kind=\"resize\",outcome=\"skipped\",run=\"1\"}"] = 1,
            ["images_run_items{kind=\"resize\",outcome=\"failed\",run=\"1\"}"] = 1,
            ["images_run_size{kind=\"resize\",run=\"1\"}"] = 10,
            ["images_run_chunks{kind=\"resize\",run=\"1\",state=\"waiting\"}"] = 0,
            ["images_run_chunks{kind=\"resize\",run=\"1\",state=\"working\"}"] = 1,
            ["images_run_chunks{kind=\"resize\",run=\"1\",state=\"done\"}"] = 1,
            ["images_run_workers{kind=\"resize\",run=\"1\",state=\"working\"}"] = 1,
            ["images_run_workers{kind=\"resize\",run=\"1\",state=\"trouble\"}"] = 0,
            ["images_run_items{kind=\"verify\",outcome=\"processed\",run=\"2\"}"] = 0,
            ["images_run_items{kind=\"verify\",outcome=\"skipped\",run=\"2\"}"] = 0,
            ["images_run_items{kind=\"verify\",outcome=\"failed\",run=\"2\"}"] = 0,
            ["images_run_chunks{kind=\"verify\",run=\"2\",state=\"waiting\"}"] = 0,
            ["images_run_chunks{kind=\"verify\",run=\"2\",state=\"working\"}"] = 0,
            ["images_run_chunks{kind=\"verify\",run=\"2\",state=\"done\"}"] = 0,
            ["images_run_workers{kind=\"verify\",run=\"2\",state=\"working\"}"] = 0,
            ["images_run_workers{kind=\"verify\",run=\"2\",state=\"trouble\"}"] = 0,
        });

        await server.RunAsync("postgres", $"DROP DATABASE \"{new Uri(address).AbsolutePath[1..]}\" WITH (FORCE)");

        Dictionary<string, double> runs = [];
        await Eventually.IsAsync(async () => (runs = RunsIn(await ScrapeAsync(service)))["images_run_database_up{}"] == 0);
        runs.Should().HaveCount(1, "what was read last is no longer true");
    }

    [Fact]
    public async Task A_client_can_make_no_series_of_its_own()
    {
        using ServiceProcess service = StartForReal();
        using HttpClient client = await service.ConnectAsync();

        foreach (string method in new[] { "BREW", "WHEN" })
        {
            using HttpRequestMessage request = new(new HttpMethod(method), "/anything/at/all");
            using HttpResponseMessage answer = await client.SendAsync(request);
        }

        IReadOnlyDictionary<string, double> scrape = await ScrapeOnceAsync(service, "http_requests_time_count{code=\"404\",endpoint=\"notfound\",method=\"OTHER\",service=\"c2c_images\"}", 2);

        scrape.Should().Contain("http_requests_time_count{code=\"404\",endpoint=\"notfound\",method=\"OTHER\",service=\"c2c_images\"}", 2);
        scrape.Keys.Should().NotContain(line => line.Contains("BREW", StringComparison.Ordinal) || line.Contains("anything", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_port_serves_nothing_else_and_the_services_port_no_metrics()
    {
        using ServiceProcess service = StartForReal(("METRICS_PATH", "/prometheus"));
        using HttpClient client = await service.ConnectAsync();
        using HttpClient metrics = await MetricsOf(service);

        (await client.GetAsync("/prometheus")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await metrics.GetAsync("/ping")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await metrics.GetAsync("/prometheus")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_taken_port_ends_the_start_with_2_and_says_what_to_do()
    {
        using TcpListener other = TcpListener.Create(port: 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        using ServiceProcess service = StartForReal(("METRICS_PORT", $"{port}"));

        (await service.ExitCodeAsync()).Should().Be(2);

        service.Errors.Should().Contain($"  METRICS_PORT: port {port} is in use by another program; set it to a free one, or set DISABLE_PROMETHEUS_METRICS=1");
    }

    [Fact]
    public async Task Can_be_switched_off()
    {
        using ServiceProcess service = StartForReal(("DISABLE_PROMETHEUS_METRICS", "1"));
        using HttpClient client = await service.ConnectAsync();

        service.Output.Should().NotContain("Metrics");
    }

    [Fact]
    public async Task A_collector_gets_the_traces_of_a_request_through_all_layers_and_the_metrics()
    {
        await using TestCollector collector = await TestCollector.StartAsync();
        using ServiceProcess service = StartForReal(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_SERVICE_NAME", "photos"));
        using HttpClient client = await service.ConnectAsync();
        string key = await UploadAsync(client, Pictures.Jpeg(60, 40), 200);

        await service.TerminateAsync();
        (await service.ExitCodeAsync()).Should().Be(0);

        string sent = collector.Received;
        sent.Should().Contain("POST /upload").And.Contain("UploadImage").And.Contain("decode: thumbnails").And.Contain("incoming put").And.Contain("photos")
            .And.Contain("images.uploads").And.NotContain(TestService.Secret);
        sent.Should().NotContain(Folder.Path, "paths are nobody's business");
        key.Should().NotBeNull();
    }

    [Fact]
    public async Task A_collector_that_is_gone_costs_a_line_and_no_request()
    {
        using ServiceProcess service = StartForReal(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_METRIC_EXPORT_INTERVAL", "100"));
        using HttpClient client = await service.ConnectAsync();

        await UploadAsync(client, Pictures.Jpeg(60, 40), 200);
        await service.PrintsAsync(new Regex("Traces and metrics can't be sent to the collector"));
        await UploadAsync(client, Pictures.Jpeg(60, 40), 200);
        await service.TerminateAsync();

        (await service.ExitCodeAsync()).Should().Be(0);
        Regex.Count(service.Output, "can't be sent to the collector").Should().Be(1);
    }

    private static async Task<HttpClient> MetricsOf(ServiceProcess service) =>
        new() { BaseAddress = new Uri($"http://127.0.0.1:{(await service.PrintsAsync(MetricsLine())).Groups["port"].Value}") };

    /// <summary>Waits for the last requests to be counted: that happens after their answers have left.</summary>
    private static async Task<IReadOnlyDictionary<string, double>> ScrapeOnceAsync(ServiceProcess service, string series, double value)
    {
        IReadOnlyDictionary<string, double> scrape = new Dictionary<string, double>();
        await Eventually.IsAsync(async () => (scrape = await ScrapeAsync(service)).GetValueOrDefault(series) == value);
        return scrape;
    }

    private static async Task<IReadOnlyDictionary<string, double>> ScrapeAsync(ServiceProcess service)
    {
        using HttpClient metrics = await MetricsOf(service);
        string page = await metrics.GetStringAsync("/metrics");
        page.Should().NotContain(TestService.Secret);
        return page.Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    private static Dictionary<string, double> RunsIn(IReadOnlyDictionary<string, double> scrape) =>
        scrape.Where(line => line.Key.StartsWith("images_run_", StringComparison.Ordinal)).ToDictionary();

    private static async Task<string> UploadAsync(HttpClient client, byte[] file, int status)
    {
        using HttpResponseMessage answer = await client.PostAsync("/upload", new RawForm().File(file).ToContent());
        ((int)answer.StatusCode).Should().Be(status);
        return status == 200 ? (await answer.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()! : "";
    }

    private static async Task PostAsync(HttpClient client, string path, int status, (string Name, string Value) field)
    {
        using FormUrlEncodedContent form = new([KeyValuePair.Create("secret", TestService.Secret), KeyValuePair.Create(field.Name, field.Value)]);
        using HttpResponseMessage answer = await client.PostAsync(path, form);
        ((int)answer.StatusCode).Should().Be(status, "of {0}", await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex(@"Metrics for Prometheus are at port (?<port>[0-9]+)")]
    private static partial Regex MetricsLine();
}
