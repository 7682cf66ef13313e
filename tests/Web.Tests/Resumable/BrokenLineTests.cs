using System.Security.Cryptography;
using System.Text.Json;
using ImageBackend.Testing;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>What becomes of a part whose connection breaks or stalls, and who may continue.</summary>
[Trait("Storage", "folders")]
public sealed class BrokenLineTests : IAsyncLifetime
{
    private const int Half = 100_000;

    private static readonly byte[] Photo = [.. Pictures.Jpeg(640, 480), .. new byte[200_000]];

    private TestService _service = null!;
    private TusSender _tus = null!;
    private string _address = null!;

    public async Task InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _tus = new TusSender(_service.Client);
        _address = await _tus.CreatedAsync(Photo.Length);
    }

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Fact]
    public async Task What_came_before_a_connection_broke_need_not_be_sent_again()
    {
        const int Written = 6 * 16 * 1024; // what the service writes at a time
        await using (BrokenLine line = await BeginAsync())
        {
            await line.SendAsync(Photo.AsMemory(0, Half));
            await PartialFiles.HasAsync(_service.Temp, _address, Written);
        }

        long offset = await _tus.OffsetAsync(_address);

        offset.Should().BeInRange(Written, Half);
        await FinishAsync(offset);
    }

    [Fact]
    public async Task Of_a_part_with_a_checksum_nothing_counts_if_its_connection_breaks()
    {
        await using (BrokenLine line = await BeginAsync($"Upload-Checksum: sha1 {Convert.ToBase64String(new byte[20])}\r\n"))
        {
            await line.SendAsync(Photo.AsMemory(0, Half));
            await PartialFiles.HasAsync(_service.Temp, _address, 1);
        }

        (await _tus.OffsetAsync(_address)).Should().Be(0);
        await FinishAsync(0);
    }

    [Fact]
    public async Task HEAD_ends_a_part_that_stalls_and_keeps_its_bytes()
    {
        await using BrokenLine line = await BeginAsync();
        await line.SendAsync(Photo.AsMemory(0, Half));
        await PartialFiles.HasAsync(_service.Temp, _address, 1);

        long offset = await _tus.OffsetAsync(_address);

        offset.Should().BeInRange(1, Half);
        (await line.AnswerAsync()).Should().StartWith("HTTP/1.1 423").And.Contain("\"code\":\"upload_locked\"");
        await FinishAsync(offset);
    }

    [Fact]
    public async Task Of_two_parts_at_the_same_time_one_is_told_to_wait()
    {
        await using BrokenLine line = await BeginAsync();
        await line.SendAsync(Photo.AsMemory(0, Half));
        await PartialFiles.HasAsync(_service.Temp, _address, 1);

        using HttpResponseMessage second = await _tus.PatchAsync(_address, 0, Photo);
        await second.ShouldBeProblemAsync(423, "upload_locked");
        second.Headers.RetryAfter.Should().NotBeNull();
        await line.SendAsync(Photo.AsMemory(Half));

        (await line.AnswerAsync()).Should().StartWith("HTTP/1.1 200").And.Contain(Convert.ToHexStringLower(SHA256.HashData(Photo)));
        (await _service.Incoming.NamesAsync()).Should().HaveCount(4);
    }

    [Fact]
    public async Task DELETE_ends_a_part_that_still_comes()
    {
        await using BrokenLine line = await BeginAsync();
        await line.SendAsync(Photo.AsMemory(0, Half));
        await PartialFiles.HasAsync(_service.Temp, _address, 1);

        using HttpResponseMessage removed = await _tus.DeleteAsync(_address);

        ((int)removed.StatusCode).Should().Be(204);
        await _service.ShouldHoldNothingAsync();
    }

    [Fact]
    public async Task A_part_that_comes_too_slowly_is_ended_and_kept()
    {
        await using BrokenLine line = await BeginAsync();
        await line.SendAsync(Photo.AsMemory(0, Half));
        await PartialFiles.HasAsync(_service.Temp, _address, 1);

        await Eventually.IsAsync(() =>
        {
            _service.Time.Pass(TimeSpan.FromSeconds(31));
            return line.HasAnswer;
        });

        (await line.AnswerAsync()).Should().StartWith("HTTP/1.1 408").And.Contain("\"code\":\"too_slow\"");
        (await _tus.OffsetAsync(_address)).Should().BeInRange(1, Half);
    }

    [Fact]
    public async Task Another_process_on_the_same_temp_folder_waits_and_then_continues()
    {
        await using TestService other = await TestService.StartAsync(("TEMP_FOLDER", _service.Temp));
        TusSender there = new(other.Client);
        await using BrokenLine line = await BeginAsync();
        await line.SendAsync(Photo.AsMemory(0, Half));
        await PartialFiles.HasAsync(_service.Temp, _address, 1);

        using HttpResponseMessage head = await there.HeadAsync(_address);
        using HttpResponseMessage patch = await there.PatchAsync(_address, 0, Photo);
        long offset = await _tus.OffsetAsync(_address); // ends the part here

        ((int)head.StatusCode).Should().Be(423);
        await patch.ShouldBeProblemAsync(423, "upload_locked");
        (await there.OffsetAsync(_address)).Should().Be(offset);
        using HttpResponseMessage last = await there.PatchAsync(_address, offset, Photo[(int)offset..]);
        string answer = (await last.ShouldBeJsonAsync(200)).GetRawText();
        (await _service.Client.GetStringAsync(_address)).Should().Be(answer);
        (await other.Incoming.NamesAsync()).Should().HaveCount(4);
    }

    [Fact]
    public async Task What_could_not_be_stored_is_stored_by_whoever_asks_again()
    {
        await _service.LoseAsync(_service.Incoming);
        using HttpResponseMessage last = await _tus.PatchAsync(_address, 0, Photo);
        await last.ShouldBeProblemAsync(503, "storage_unavailable");
        using HttpResponseMessage meanwhile = await _tus.HeadAsync(_address);
        ((int)meanwhile.StatusCode).Should().Be(423, "after a 503 tus-js-client would send everything again");
        await _service.Incoming.BringBackAsync();

        (await _tus.OffsetAsync(_address)).Should().Be(Photo.Length);

        JsonElement answer = JsonDocument.Parse(await _service.Client.GetStringAsync(_address)).RootElement;
        (await _service.Incoming.ReadAsync(answer.GetProperty("filename").GetString()!)).Should().Equal(Photo);
        (await _service.Incoming.NamesAsync()).Should().HaveCount(4);
    }

    private Task<BrokenLine> BeginAsync(string more = "") => BrokenLine.BeginAsync(_service.Port, _address, 0, Photo.Length, more);

    private async Task FinishAsync(long offset)
    {
        using HttpResponseMessage last = await _tus.PatchAsync(_address, offset, Photo[(int)offset..]);
        (await last.ShouldBeJsonAsync(200)).GetProperty("sha256").GetString().Should().Be(Convert.ToHexStringLower(SHA256.HashData(Photo)));
        (await _service.Incoming.NamesAsync()).Should().HaveCount(4);
    }
}
