using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Start and end of the program. Each test starts a process, which takes a second or so.</summary>
[Trait("Storage", "folders")]
public sealed partial class ProcessTests : ProgramSite
{
    [Fact]
    [Trait("fault", "c2c-24")]
    public async Task Ends_with_2_and_lists_all_mistakes_at_once()
    {
        using ServiceProcess service = ServiceProcess.Start(
            Folder,
            ("API_SECRET_KEY", "a-secret-that-nobody-may-see"),
            ("SERVICE_PORT", "http"),
            ("INCOMING_FOLDER", "/nowhere/incoming"),
            ("TEMP_FOLDER", Folder.File("temp")),
            ("MAX_UPLOAD_BYTES", "forty"),
            ("STORAGE_BACKEND", "floppy"));

        (await service.ExitCodeAsync()).Should().Be(2);

        service.Errors.Should().Equal(
            "The service does not start: these settings can't be used.",
            "  SERVICE_PORT: 'http' is not a whole number from 0 to 65535; for example 8080",
            "  STORAGE_BACKEND: 'floppy' is not one of: local, s3",
            "  INCOMING_FOLDER: the folder '/nowhere/incoming' does not exist; make it, or mount it",
            "  ACTIVE_FOLDER: is not set; for example ACTIVE_FOLDER=/srv/data/active",
            "  MAX_UPLOAD_BYTES: 'forty' is not a whole number from 1 to 4000000000; for example 40000000",
            "All settings are explained in docs/settings.md.");
        service.Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("fault", "c2c-12")]
    public async Task Needs_a_secret_andFolders_outside_development(bool empty)
    {
        string[] needed = ["API_SECRET_KEY", "INCOMING_FOLDER", "ACTIVE_FOLDER"];
        using ServiceProcess service = ServiceProcess.Start(Folder, [("TEMP_FOLDER", Folder.File("temp")), .. empty ? needed.Select(name => (name, "")) : []]);

        (await service.ExitCodeAsync()).Should().Be(2);

        service.Errors.Skip(1).SkipLast(1).Select(line => line.Trim().Split(':')[0]).Should().Equal(needed);
        Directory.Exists(Folder.File("data")).Should().BeFalse();
    }

    [Fact]
    public async Task Ends_with_2_when_its_port_is_taken()
    {
        using TcpListener other = TcpListener.Create(port: 0);
        other.Start();
        using ServiceProcess service = StartForReal(("SERVICE_PORT", $"{((IPEndPoint)other.LocalEndpoint).Port}"));

        (await service.ExitCodeAsync()).Should().Be(2);

        service.Errors.Should().Equal("The service does not start: its port is in use by another program; set SERVICE_PORT to a free one.");
        service.Output.Should().NotContain("Exception", "background work that had begun ends without complaint");
    }

    [Fact]
    public async Task Starts_for_trying_out_without_any_setting_but_development()
    {
        using ServiceProcess service = ServiceProcess.Start(
            Folder, ("ASPNETCORE_ENVIRONMENT", "Development"), ("SERVICE_PORT", "0"), ("TEMP_FOLDER", Folder.File("temp")));
        using HttpClient client = await service.ConnectAsync();

        string address = client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        (await service.PrintsAsync(UploadLine())).Groups["address"].Value.Should().Be(address);
        Match publish = await service.PrintsAsync(PublishLine());
        publish.Groups["address"].Value.Should().Be(address);
        string secret = publish.Groups["secret"].Value;
        Directory.Exists(Folder.File("data/incoming")).Should().BeTrue();

        using HttpResponseMessage uploaded = await client.PostAsync("/upload", new RawForm().File(Pictures.Jpeg(60, 40)).ToContent());
        string key = (await uploaded.ShouldBeJsonAsync(200)).GetProperty("filename").GetString()!;
        using FormUrlEncodedContent form = new([KeyValuePair.Create("secret", secret), KeyValuePair.Create("filename", key)]);
        using HttpResponseMessage published = await client.PostAsync("/publish", form);
        await published.ShouldBeJsonAsync(200);
        (await new FolderStorage(Folder.File("data/active")).NamesAsync()).Should().HaveCount(4).And.Contain(key);
    }

    [Fact]
    public async Task Shows_a_secret_that_was_set_nowhere()
    {
        using ServiceProcess service = StartForReal(("ASPNETCORE_ENVIRONMENT", "Development"));
        using HttpClient client = await service.ConnectAsync();
        await service.TerminateAsync();
        await service.ExitCodeAsync();

        service.Output.Should().NotContain(TestService.Secret).And.NotContain("curl");
        string.Join('\n', service.Errors).Should().NotContain(TestService.Secret);
    }

    [Fact]
    public async Task Warns_of_variables_without_effect()
    {
        using ServiceProcess service = StartForReal(("THUMBNAILS_PUBLISH_DELAY", "1"), ("ACTIVE_FOLDR", "/x"));
        using HttpClient client = await service.ConnectAsync();
        await service.TerminateAsync();
        await service.ExitCodeAsync();

        service.Output.Should().Contain("Set, but without effect in this version: THUMBNAILS_PUBLISH_DELAY.")
            .And.Contain("ACTIVE_FOLDR is not a setting; did you mean ACTIVE_FOLDER?");
    }

    [Fact]
    public async Task Ends_with_0_at_SIGTERM_while_its_decoders_start()
    {
        using ServiceProcess service = StartForReal();
        await service.PrintsAsync(new Regex("Now listening"));

        await service.TerminateAsync();

        (await service.ExitCodeAsync()).Should().Be(0, string.Join('\n', service.Errors));
        TempLeft.In(Folder.File("temp")).Should().BeEmpty();
    }

    [Fact]
    public async Task Ends_with_0_at_SIGTERM_also_with_an_idle_connection()
    {
        using ServiceProcess service = StartForReal();
        using HttpClient client = await service.ConnectAsync(); // keeps its connection

        await service.TerminateAsync();

        (await service.ExitCodeAsync()).Should().Be(0);
        service.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task At_SIGTERM_what_runs_is_finished_and_what_still_comes_is_refused()
    {
        byte[] body = new RawForm().File(Pictures.Jpeg(620, 410)).ToArray();
        using ServiceProcess service = StartForReal();
        using HttpClient client = await service.ConnectAsync();
        await using SlowContent content = new(body);
        Task<HttpResponseMessage> upload = client.PostAsync("/upload", content.Form);
        await content.HalfSent;
        await Eventually.IsAsync(() => TempLeft.In(Folder.File("temp")).Any()); // it has arrived

        await service.TerminateAsync();
        await Eventually.IsAsync(async () => (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable);
        using HttpResponseMessage ready = await client.GetAsync("/health/ready");
        using HttpResponseMessage live = await client.GetAsync("/health/live");
        using HttpResponseMessage refused = await client.GetAsync("/ping");
        content.SendTheRest();
        using HttpResponseMessage uploaded = await upload;

        (await ready.Content.ReadAsStringAsync()).Should().Contain("\"status\":\"shutting_down\"");
        live.StatusCode.Should().Be(HttpStatusCode.OK, "it must not be killed now");
        await refused.ShouldBeProblemAsync(503, "shutting_down");
        refused.Headers.RetryAfter.Should().NotBeNull();
        refused.Headers.ConnectionClose.Should().BeTrue();
        await uploaded.ShouldBeJsonAsync(200);
        (await service.ExitCodeAsync()).Should().Be(0);
        (await Storages.Incoming.NamesAsync()).Should().HaveCount(4);
    }

    [Fact]
    public async Task The_program_is_its_own_health_check()
    {
        using ServiceProcess service = StartForReal(("ROUTE_PREFIX", "/img"));
        using HttpClient client = await service.ConnectAsync();
        string port = $"{client.BaseAddress!.Port}";
        using ServiceProcess well = ServiceProcess.Start("ImageBackend.Web.dll", ["health"], Folder, ("SERVICE_PORT", port), ("ROUTE_PREFIX", "/img"));
        int wellCode = await well.ExitCodeAsync();
        await service.KillAsync();
        using ServiceProcess ill = ServiceProcess.Start("ImageBackend.Web.dll", ["health"], Folder, ("SERVICE_PORT", port), ("ROUTE_PREFIX", "/img"));

        wellCode.Should().Be(0);
        (await ill.ExitCodeAsync()).Should().Be(1);
        await ill.PrintsAsync(new Regex($"^The service does not answer at port {port}"));
    }

    [Fact]
    public async Task The_command_try_needs_no_secret_and_shows_a_page()
    {
        using ServiceProcess service = ServiceProcess.Start(
            "ImageBackend.Web.dll",
            ["try"],
            Folder,
            ("SERVICE_PORT", "0"),
            ("INCOMING_FOLDER", Folder.File("images/incoming")),
            ("ACTIVE_FOLDER", Folder.File("images/active")),
            ("TEMP_FOLDER", Folder.File("temp")));
        using HttpClient client = await service.ConnectAsync();

        using HttpResponseMessage page = await client.GetAsync("/");
        string html = await page.Content.ReadAsStringAsync();

        page.Content.Headers.ContentType!.MediaType.Should().Be("text/html");
        page.RequestMessage!.RequestUri!.AbsolutePath.Should().Be("/studio");
        string secret = (await service.PrintsAsync(PublishLine())).Groups["secret"].Value;
        html.Should().NotContain(secret, "whoever sees the page may not publish");
    }

    [Fact]
    public async Task What_a_kill_left_in_the_tempFolder_is_swept_at_the_next_start()
    {
        string temp = Folder.File("temp");
        byte[] body = new RawForm().File(Pictures.Jpeg(620, 410)).ToArray();
        using (ServiceProcess killed = StartForReal())
        {
            using HttpClient client = await killed.ConnectAsync();
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", client.BaseAddress!.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: {new RawForm().ContentType}\r\nContent-Length: {body.Length}\r\n\r\n"));
            await socket.SendAsync(body.AsMemory(0, body.Length / 2));
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
            while (!Directory.EnumerateFiles(temp, "original", SearchOption.AllDirectories).Any())
            {
                await Task.Delay(10, patience.Token);
            }

            await killed.KillAsync();
        }

        TempLeft.In(temp).Should().NotBeEmpty("else there is nothing to sweep");

        using ServiceProcess next = StartForReal();
        using HttpClient again = await next.ConnectAsync();

        TempLeft.In(temp).Should().BeEmpty();
        (await Storages.Incoming.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_second_service_on_the_sameFolders_disturbs_no_upload_of_the_first()
    {
        byte[] body = new RawForm().File(Pictures.Jpeg(620, 410)).ToArray();
        using ServiceProcess first = StartForReal();
        using HttpClient client = await first.ConnectAsync();
        await using SlowContent content = new(body);
        Task<HttpResponseMessage> upload = client.PostAsync("/upload", content.Form);
        await content.HalfSent;

        using (ServiceProcess second = StartForReal())
        {
            using HttpClient other = await second.ConnectAsync();
        }

        content.SendTheRest();
        using HttpResponseMessage response = await upload;
        await response.ShouldBeJsonAsync(200);
        (await Storages.Incoming.NamesAsync()).Should().HaveCount(4);
    }

    [GeneratedRegex(@"^ +curl -F file=@photo\.jpg (?<address>\S+)/upload$", RegexOptions.Multiline)]
    private static partial Regex UploadLine();

    [Fact]
    public async Task Leaves_no_worker_when_it_is_killed()
    {
        using ServiceProcess service = StartForReal(("DECODE_WORKERS", "2"));
        using HttpClient client = await service.ConnectAsync();
        await Eventually.IsAsync(() => Workers() == 2);

        await service.KillAsync();

        await Eventually.IsAsync(() => Workers() == 0);
    }

    [Fact]
    public async Task Says_at_start_what_is_configured_and_that_it_works()
    {
        using ServiceProcess service = StartForReal(("GENERATE_WEBP", "1"), ("MAX_UPLOAD_BYTES", "30000000"), ("CLEAN_INTERVAL", "1h"), ("INCOMING_TTL", "90m"));
        await service.PrintsAsync(new Regex("Storage, decoders and free space are checked: all work"));

        service.Output.Should().Contain($"in {Folder.File("active")}, temp files in {Folder.File("temp")}; uploads that nobody publishes are removed after 1.5 hours")
            .And.Contain("Thumbnails: BI, MI, SI, in the original's format, webp")
            .And.Contain("Uploads: JPEG, PNG, GIF, SVG, WebP").And.Contain(", up to 30 MB, 220 megapixels and 500 frames")
            .And.NotContain(TestService.Secret);
    }

    [Fact]
    public async Task Says_at_start_what_does_not_work()
    {
        using ServiceProcess service = StartForReal(
            ("STORAGE_BACKEND", "s3"), ("INCOMING_BUCKET", "incoming"), ("ACTIVE_BUCKET", "active"), ("INCOMING_PREFIX", "GONE"), ("ACTIVE_PREFIX", "GONE"),
            ("GONE_ENDPOINT", "http://127.0.0.1:9"), ("GONE_ACCESS_KEY_ID", "x"), ("GONE_SECRET_KEY", "y"), ("S3_TIMEOUT", "0.1"));

        await service.PrintsAsync(new Regex("warn Check of [a-z]+: The (incoming|active) storage does not work"));
    }

    [Fact]
    public async Task Says_at_start_where_pictures_are_decoded()
    {
        using ServiceProcess service = StartForReal(("DECODE_WORKERS", "1"));
        using HttpClient client = await service.ConnectAsync();

        service.Output.Should().Contain("Pictures are decoded in 1 worker processes. To them, other files are");
    }

    // Those whose working folder is this test's.
    private int Workers() => Directory.EnumerateDirectories("/proc").Count(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains($"imaging-worker\0{Folder.Path}", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // not a process, or it has just ended
        }
    });

    [GeneratedRegex(@"^ +curl -d secret=(?<secret>[0-9a-f]{32}) -d filename=NAME (?<address>\S+)/publish$", RegexOptions.Multiline)]
    private static partial Regex PublishLine();

    /// <summary>A body that stops half-way until it is told to continue.</summary>
    private sealed class SlowContent(byte[] body) : IAsyncDisposable
    {
        private readonly TaskCompletionSource _half = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HttpContent Form => field ??= Create();

        public Task HalfSent => _half.Task;

        public void SendTheRest() => _rest.TrySetResult();

        public ValueTask DisposeAsync()
        {
            SendTheRest();
            Form.Dispose();
            return ValueTask.CompletedTask;
        }

        private PushContent Create()
        {
            PushContent content = new(body.Length, async stream =>
            {
                await stream.WriteAsync(body.AsMemory(0, body.Length / 2));
                await stream.FlushAsync();
                _half.TrySetResult();
                await _rest.Task;
                await stream.WriteAsync(body.AsMemory(body.Length / 2));
            });
            content.Headers.TryAddWithoutValidation("Content-Type", new RawForm().ContentType);
            return content;
        }
    }

    private sealed class PushContent(long length, Func<Stream, Task> write) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

        protected override bool TryComputeLength(out long bytes)
        {
            bytes = length;
            return true;
        }
    }
}
