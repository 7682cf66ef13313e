using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

/// <summary>Hangfire's dashboard of the batches that several machines share: who sees it, what it shows, and that it changes nothing.</summary>
[Trait("Storage", "folders")]
public sealed class BatchDashboardTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [NeedsPostgresFact]
    public async Task It_shows_the_jobs_to_whoever_has_the_secret_and_lets_nobody_change_them()
    {
        string address = await server.CreateDatabaseAsync("SELECT 1");
        await SeenRuns.FillAsync(address);
        await using TestService service = await StartAsync(address, ("ROUTE_PREFIX", "/img"));

        using HttpResponseMessage jobs = await SendAsync(service, HttpMethod.Get, "/img/batches/jobs/enqueued/queue");
        string page = await ShouldBePageAsync(jobs);
        using HttpResponseMessage counts = await SendAsync(service, HttpMethod.Post, "/img/batches/stats", ("metrics[]", "enqueued:count-or-null"));
        JsonElement enqueued = await counts.ShouldBeJsonAsync(200);

        page.Should().Contain("Run 1, chunk 1").And.NotContain(new Uri(address).UserInfo.Split(':')[1]).And.NotContain("127.0.0.1:");
        page.Should().Contain("href=\"/img/batches/jobs/details/1\"").And.NotContain("js-jobs-list-command", "nothing can be ordered here");
        enqueued.GetProperty("enqueued:count-or-null").GetProperty("value").GetString().Should().Be("1");
        foreach (string change in new[] { "jobs/actions/delete/1", "jobs/actions/requeue/1", "jobs/enqueued/delete" })
        {
            using HttpResponseMessage posted = await SendAsync(service, HttpMethod.Post, $"/img/batches/{change}", ("jobs[]", "1"));
            await posted.ShouldBeProblemAsync(405, "method_not_allowed");
            using HttpResponseMessage got = await SendAsync(service, HttpMethod.Get, $"/img/batches/{change}");
            await got.ShouldBeProblemAsync(404, "unknown_route");
        }

        using HttpResponseMessage after = await SendAsync(service, HttpMethod.Get, "/img/batches/jobs/enqueued/queue");
        (await after.Content.ReadAsStringAsync()).Should().Contain("Run 1, chunk 1");
        service.Logs.All.Should().Contain("GET /img/batches/jobs/enqueued/queue 200");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer the-secret-of-these-tests")]
    [InlineData("Basic")]
    [InlineData("Basic %%%")]
    [InlineData("Basic dGhlLXNlY3JldC1vZi10aGVzZS10ZXN0cw==")] // without a user's name and a colon
    [InlineData("Basic YW55OnRoZS1zZWNyZXQ=")] // any:the-secret
    public async Task A_browser_without_the_secret_is_asked_for_it(string? authorization)
    {
        await using TestService service = await StartAsync(Nowhere);
        foreach ((HttpMethod method, string path) in new[] { (HttpMethod.Get, "/batches/"), (HttpMethod.Get, "/batches/css1"), (HttpMethod.Post, "/batches/stats") })
        {
            using HttpRequestMessage request = new(method, path);
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using HttpResponseMessage response = await service.Client.SendAsync(request);

            await response.ShouldBeProblemAsync(401, "secret_missing");
            response.Headers.WwwAuthenticate.Single().Scheme.Should().Be("Basic");
            response.Headers.CacheControl!.ToString().Should().Be("no-store");
        }
    }

    [Fact]
    public async Task A_browser_is_asked_below_the_dashboards_own_address_so_that_it_sends_the_secret_nowhere_else()
    {
        await using TestService service = await StartAsync(Nowhere, ("ROUTE_PREFIX", "/img"));
        using HttpClient client = new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = service.Client.BaseAddress };

        using HttpResponseMessage response = await client.GetAsync("/img/batches");

        response.StatusCode.Should().Be(HttpStatusCode.Redirect);
        response.Headers.Location!.ToString().Should().Be("/img/batches/");
        response.Headers.WwwAuthenticate.Should().BeEmpty();
    }

    [NeedsPostgresFact]
    public async Task A_database_without_its_tables_is_told_with_what_makes_them_and_gets_none()
    {
        string address = await server.CreateDatabaseAsync("SELECT 1");
        await using TestService service = await StartAsync(address);

        using HttpResponseMessage response = await SendAsync(service, HttpMethod.Get, "/batches/");

        (await response.ShouldBeProblemAsync(503, "batches_unavailable")).GetProperty("detail").GetString().Should().Contain("`images batch init`");
        (await server.AskAsync(new Uri(address).AbsolutePath[1..], "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'image_batches%'")).Should().Equal("0");
    }

    [Fact]
    public async Task A_database_that_is_away_is_told_without_its_password()
    {
        await using TestService service = await StartAsync(Nowhere);

        foreach ((HttpMethod method, string path) in new[] { (HttpMethod.Get, "/batches/servers"), (HttpMethod.Post, "/batches/stats") })
        {
            using HttpResponseMessage response = await SendAsync(service, method, path);

            string detail = (await response.ShouldBeProblemAsync(503, "batches_unavailable")).GetProperty("detail").GetString()!;
            detail.Should().Contain("can't be reached").And.NotContain("s3cret");
            response.Headers.RetryAfter!.ToString().Should().Be("10");
        }
    }

    [Fact]
    public async Task A_database_that_never_answers_is_not_waited_for()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        await using TestService service = await StartAsync($"postgresql://images@127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/batches?connect_timeout=1000");

        using HttpResponseMessage response = await SendAsync(service, HttpMethod.Get, "/batches/"); // its client has less patience than that

        (await response.ShouldBeProblemAsync(503, "batches_unavailable")).GetProperty("detail").GetString().Should().Contain("does not answer in time");
    }

    [Fact]
    public async Task It_is_not_there_unless_it_is_switched_on()
    {
        await using TestService service = await TestService.StartAsync(("BATCH_DATABASE_URL", Nowhere));

        using HttpResponseMessage response = await SendAsync(service, HttpMethod.Get, "/batches/");

        await response.ShouldBeProblemAsync(404, "unknown_route");
    }

    [Fact]
    public async Task The_service_does_not_start_with_it_and_without_a_database()
    {
        Func<Task> start = () => TestService.StartAsync(("BATCH_DASHBOARD", "1"));

        (await start.Should().ThrowAsync<SettingsException>()).Which.Mistakes.Should().Equal("BATCH_DASHBOARD: needs BATCH_DATABASE_URL, the database that it shows");
    }

    private const string Nowhere = "postgresql://images:s3cret@127.0.0.1:1/batches";

    private static Task<TestService> StartAsync(string address, params (string, string)[] variables) =>
        TestService.StartAsync([("BATCH_DASHBOARD", "1"), ("BATCH_DATABASE_URL", address), .. variables]);

    private static async Task<HttpResponseMessage> SendAsync(TestService service, HttpMethod method, string path, params (string Name, string Value)[] fields)
    {
        using HttpRequestMessage request = new(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"any:{TestService.Secret}")));
        if (method == HttpMethod.Post)
        {
            request.Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        }

        return await service.Client.SendAsync(request);
    }

    private static async Task<string> ShouldBePageAsync(HttpResponseMessage response)
    {
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/html");
        response.Headers.CacheControl!.ToString().Should().Be("no-store");
        response.Headers.GetValues("Content-Security-Policy").Single().Should().StartWith("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-").And.EndWith("frame-ancestors 'none'");
        response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        response.Headers.GetValues("Referrer-Policy").Should().Equal("no-referrer");
        response.Headers.Contains("Set-Cookie").Should().BeFalse();
        return await response.Content.ReadAsStringAsync();
    }
}
