using System.Net;
using System.Text.Json;
using ImageBackend.Web.Health;

namespace ImageBackend.Web.Tests;

/// <summary>What a supervisor sees. With S3 where there is a server for tests.</summary>
public sealed class HealthTests
{
    private static readonly TimeSpan UntilCheckedAgain = TimeSpan.FromSeconds(31);

    [Fact]
    public async Task A_service_that_works_is_live_and_ready()
    {
        await using TestService service = await TestService.StartAsync();

        JsonElement live = await GetAsync(service, "/health/live", HttpStatusCode.OK);
        JsonElement ready = await GetAsync(service, "/health/ready", HttpStatusCode.OK);

        live.GetProperty("status").GetString().Should().Be("healthy");
        live.GetProperty("version").GetString().Should().MatchRegex(@"^\d+\.\d+\.\d+");
        ready.GetProperty("checks").EnumerateObject().Select(check => check.Name).Should().Equal("storage", "decoders", "space");
        await service.ShouldHoldNothingAsync();
    }

    [Theory]
    [InlineData("images\0worker\0", true)]
    [InlineData("/sbin/docker-init\0--\0/usr/local/bin/images\0migrate\0-j\04\0", true)]
    [InlineData("dotnet\0/app/ImageBackend.Web.dll\0", false)]
    [InlineData("dotnet\0/app/ImageBackend.Web.dll\0try\0images\0", false)]
    [InlineData("sh\0-c\0images batch init && exec images worker\0", false)]
    [InlineData("/sbin/init\0", false)]
    [InlineData("", false)]
    public void A_container_that_does_batches_has_no_service_to_ask(string firstProcess, bool doesBatches) =>
        HealthProbe.DoesBatches(firstProcess).Should().Be(doesBatches);

    [Fact]
    public async Task It_is_not_ready_while_a_storage_is_gone_and_ready_again_when_it_is_back()
    {
        await using TestService service = await TestService.StartAsync();
        await GetAsync(service, "/health/ready", HttpStatusCode.OK);

        await service.LoseAsync(service.Active);
        service.Time.Pass(UntilCheckedAgain);
        JsonElement gone = await GetAsync(service, "/health/ready", HttpStatusCode.ServiceUnavailable);
        await GetAsync(service, "/health/live", HttpStatusCode.OK);
        await service.Active.BringBackAsync();
        service.Time.Pass(UntilCheckedAgain);

        gone.GetProperty("checks").GetProperty("storage").GetProperty("status").GetString().Should().Be("unhealthy");
        gone.GetProperty("checks").GetProperty("storage").GetProperty("problem").GetString().Should().Be("The active storage does not work.");
        gone.GetRawText().Should().NotContain(service.Folder, "anybody can read it");
        await GetAsync(service, "/health/ready", HttpStatusCode.OK);
    }

    [Fact]
    public async Task Many_who_ask_cost_one_check()
    {
        await using TestService service = await TestService.StartAsync();
        await GetAsync(service, "/health/ready", HttpStatusCode.OK);
        await service.LoseAsync(service.Incoming);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => GetAsync(service, "/health/ready", HttpStatusCode.OK)));
    }

    private static async Task<JsonElement> GetAsync(TestService service, string path, HttpStatusCode expected)
    {
        using HttpResponseMessage answer = await service.Client.GetAsync(new Uri(path, UriKind.Relative));
        answer.StatusCode.Should().Be(expected, "of {0}", await answer.Content.ReadAsStringAsync());
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone();
    }
}
