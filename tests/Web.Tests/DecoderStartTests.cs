using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Testing;
using ImageBackend.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Web.Tests;

/// <summary>The port is open before the first decoder is ready.</summary>
[Trait("Storage", "folders")]
public sealed class DecoderStartTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task A_service_whose_decoders_are_still_starting_answers_and_whoever_needs_them_waits()
    {
        string gate = _folder.File("open");
        WorkerProgram slow = new("sh", ["-c", $"while [ ! -e {gate} ]; do sleep 0.1; done; exec \"$@\"", "sh", TestService.Worker.Path, .. TestService.Worker.Arguments]);
        await using TestService service = await TestService.StartAsync(slow);

        string ping = await service.Client.GetStringAsync(new Uri("/ping", UriKind.Relative));
        Task<HttpResponseMessage> ready = service.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Task<string> capabilities = service.Client.GetStringAsync(new Uri("/capabilities", UriKind.Relative));
        Task<string> upload = service.UploadedAsync(Pictures.Jpeg(60, 50));
        await Task.Delay(500);
        bool[] isOver = [ready.IsCompleted, capabilities.IsCompleted, upload.IsCompleted];
        await File.WriteAllTextAsync(gate, "");

        ping.Should().Be("Pong!");
        isOver.Should().Equal(false, false, false);
        (await ready).IsSuccessStatusCode.Should().BeTrue();
        (await capabilities).Should().Contain("\"heic\"");
        (await upload).Should().EndWith(".jpg");
    }

    [Fact]
    public async Task A_service_whose_decoders_do_not_start_ends_with_1()
    {
        string[] settings = ["API_SECRET_KEY=a-secret-of-this-test", "SERVICE_PORT=0", "METRICS_PORT=0", $"TEMP_FOLDER={_folder.Folder("temp")}", $"INCOMING_FOLDER={_folder.Folder("incoming")}", $"ACTIVE_FOLDER={_folder.Folder("active")}"];

        int code = await ImageService.RunAsync([.. settings.Select(setting => $"--{setting}")], services => services.AddSingleton(new WorkerProgram("false", [])));

        code.Should().Be(1);
    }

    [Fact]
    public async Task Whoever_waited_for_decoders_that_do_not_start_is_told_to_come_again()
    {
        await using TestService service = await TestService.StartAsync(new WorkerProgram("false", []));

        using HttpResponseMessage response = await service.UploadAsync(Pictures.Jpeg(60, 50));

        await response.ShouldBeProblemAsync(503, "shutting_down");
        response.Headers.RetryAfter.Should().NotBeNull();
        await service.ShouldHoldNothingAsync();
    }

    public void Dispose() => _folder.Dispose();
}
