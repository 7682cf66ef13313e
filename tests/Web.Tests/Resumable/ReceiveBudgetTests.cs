using System.Net.Sockets;
using System.Text;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>What all uploads together may take of the temp folder: RECEIVE_BUDGET_MB, here 2 MB, of which 1 MB for resumable ones that wait.</summary>
[Trait("Storage", "folders")]
public sealed class ReceiveBudgetTests : IAsyncLifetime
{
    private TestService _service = null!;
    private TusSender _tus = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync(("RECEIVE_BUDGET_MB", "2"), ("MAX_UPLOAD_BYTES", "1000000"), ("MAX_PARTIAL", "5"));
        _tus = new TusSender(_service.Client);
    }

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Fact]
    public async Task A_slow_upload_holds_what_it_has_declared_and_who_does_not_fit_is_refused_before_its_body_is_read()
    {
        byte[] form = new RawForm().File(Padded(900_000)).ToArray();
        await using NetworkStream first = await BeginUploadAsync(form.Length);
        await using NetworkStream second = await BeginUploadAsync(form.Length);
        await BothArriveAsync(first, second, form);

        await using NetworkStream third = await BeginUploadAsync(form.Length, "Expect: 100-continue\r\n");
        string refused = await third.ReadAnswerAsync();
        using HttpResponseMessage small = await _service.SendAsync(new RawForm().File(Padded(100_000)));
        await first.WriteAsync(form.AsMemory(1000));
        string taken = await first.ReadAnswerAsync();
        await second.DisposeAsync();

        refused.Should().StartWith("HTTP/1.1 503").And.Contain("\"code\":\"busy\"").And.MatchRegex("Retry-After: [0-9]+\r\n");
        await small.ShouldBeJsonAsync(200);
        taken.Should().StartWith("HTTP/1.1 200");
        await AllFitsAgainAsync();
    }

    [Fact]
    public async Task A_body_that_does_not_say_its_length_counts_as_the_largest()
    {
        byte[] form = new RawForm().File(Padded(900_000)).ToArray();
        await using NetworkStream first = await BeginUploadAsync(form.Length);
        await using NetworkStream second = await BeginUploadAsync(form.Length);
        await BothArriveAsync(first, second, form);

        using HttpRequestMessage request = new(HttpMethod.Post, "/upload") { Content = new RawForm().File(Pictures.Jpeg(60, 40)).ToContent() };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage refused = await _service.Client.SendAsync(request);

        await refused.ShouldBeProblemAsync(503, "busy");
    }

    [Fact]
    public async Task Resumable_uploads_that_wait_take_half_of_it_at_most_and_give_it_back()
    {
        string address = await _tus.CreatedAsync(1_000_000);
        using HttpResponseMessage first = await _tus.PatchAsync(address, 0, Padded(700_000));
        string other = await _tus.CreatedAsync(1_000_000);

        using HttpResponseMessage refused = await _tus.PatchAsync(other, 0, Padded(400_000));
        using HttpResponseMessage fits = await _tus.PatchAsync(other, 0, Padded(200_000));
        using HttpResponseMessage plain = await _service.SendAsync(new RawForm().File(Padded(900_000)));
        using HttpResponseMessage removed = await _tus.DeleteAsync(address);
        using HttpResponseMessage now = await _tus.PatchAsync(other, 200_000, new byte[600_000]);

        await refused.ShouldBeProblemAsync(503, "busy");
        refused.Headers.RetryAfter.Should().NotBeNull();
        ((int)fits.StatusCode).Should().Be(204);
        await plain.ShouldBeJsonAsync(200);
        ((int)now.StatusCode).Should().Be(204);
    }

    [Fact]
    public async Task The_largest_upload_fits_when_nothing_else_waits()
    {
        string address = await _tus.CreatedAsync(1_000_000);

        using HttpResponseMessage all = await _tus.PatchAsync(address, 0, Padded(1_000_000));

        await all.ShouldBeJsonAsync(200);
        await AllFitsAgainAsync();
    }

    [Fact]
    public async Task Only_so_many_may_wait_however_small()
    {
        string first = await _tus.CreatedAsync(10);
        for (int i = 1; i < 5; i++)
        {
            await _tus.CreatedAsync(10);
        }

        using HttpResponseMessage refused = await _tus.CreateAsync(10);
        using HttpResponseMessage removed = await _tus.DeleteAsync(first);

        await refused.ShouldBeProblemAsync(503, "busy");
        await _tus.CreatedAsync(10);
    }

    [Fact]
    public async Task What_another_process_left_counts_and_what_it_removed_does_not()
    {
        string address = await _tus.CreatedAsync(1_000_000);
        using HttpResponseMessage first = await _tus.PatchAsync(address, 0, Padded(900_000));
        await using TestService next = await TestService.StartAsync(("TEMP_FOLDER", _service.Temp), ("RECEIVE_BUDGET_MB", "2"), ("MAX_UPLOAD_BYTES", "1000000"));
        TusSender there = new(next.Client);

        string other = await there.CreatedAsync(1_000_000);
        using HttpResponseMessage refused = await there.PatchAsync(other, 0, Padded(200_000));
        using HttpResponseMessage removed = await _tus.DeleteAsync(address);
        next.Time.Pass(TimeSpan.FromMinutes(1));
        using HttpResponseMessage fits = await there.PatchAsync(other, 0, Padded(900_000));

        await refused.ShouldBeProblemAsync(503, "busy");
        ((int)fits.StatusCode).Should().Be(204);
    }

    [Fact]
    public async Task Past_MAX_RECEIVING_a_part_is_told_to_come_again()
    {
        await using TestService service = await TestService.StartAsync(("MAX_RECEIVING", "1"));
        TusSender tus = new(service.Client);
        string first = await tus.CreatedAsync(100_000);
        string second = await tus.CreatedAsync(100_000);
        await using BrokenLine line = await BrokenLine.BeginAsync(service.Port, first, 0, 100_000);
        await line.SendAsync(Padded(50_000));
        await PartialFiles.HasAsync(service.Temp, first, 1);

        using HttpResponseMessage refused = await tus.PatchAsync(second, 0, Padded(100));

        await refused.ShouldBeProblemAsync(503, "busy");
        (await tus.OffsetAsync(first)).Should().BePositive();
        using HttpResponseMessage now = await tus.PatchAsync(second, 0, Padded(100));
        ((int)now.StatusCode).Should().Be(204);
    }

    // Two of the largest, at the same time.
    private async Task AllFitsAgainAsync()
    {
        byte[] form = new RawForm().File(Padded(900_000)).ToArray();
        await using NetworkStream held = await BeginUploadAsync(form.Length);
        await held.WriteAsync(form.AsMemory(0, 1000));
        await Eventually.IsAsync(() => WorkspacesWithFile() == 1);
        using HttpResponseMessage other = await _service.SendAsync(new RawForm().File(Padded(900_000)));
        await other.ShouldBeJsonAsync(200);
    }

    private async Task BothArriveAsync(NetworkStream first, NetworkStream second, byte[] form)
    {
        await first.WriteAsync(form.AsMemory(0, 1000));
        await second.WriteAsync(form.AsMemory(0, 1000));
        await Eventually.IsAsync(() => WorkspacesWithFile() == 2);
    }

    private int WorkspacesWithFile() => Directory.EnumerateFiles(_service.Temp, "original", SearchOption.AllDirectories).Count();

    private async Task<NetworkStream> BeginUploadAsync(long length, string more = "")
    {
        NetworkStream stream = await _service.ConnectAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /upload HTTP/1.1\r\nHost: x\r\n{more}Content-Type: {new RawForm().ContentType}\r\nContent-Length: {length}\r\n\r\n"));
        return stream;
    }

    // A picture followed by other data, which is not a fault.
    private static byte[] Padded(int bytes)
    {
        byte[] file = new byte[bytes];
        byte[] photo = Pictures.Jpeg(60, 40);
        photo.AsSpan(0, Math.Min(bytes, photo.Length)).CopyTo(file);
        return file;
    }
}
