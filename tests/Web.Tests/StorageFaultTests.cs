using ImageBackend.Testing;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Web.Tests;

/// <summary>A storage that does not work is a 503, never "not there" and never a success.</summary>
public sealed class StorageFaultTests : IAsyncLifetime
{
    private const string Key = "1475660224_882910455.jpg";

    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Theory]
    [InlineData("incoming")]
    [InlineData("active")]
    public async Task At_upload(string side)
    {
        await LoseAsync(side);

        using HttpResponseMessage response = await _service.UploadAsync(Pictures.Jpeg(60, 40));

        await ShouldBeFaultAsync(response);
        (await (side == "incoming" ? _service.Active : _service.Incoming).EverythingAsync()).Should().BeEmpty();
        Directory.EnumerateFileSystemEntries(_service.Temp).Should().BeEmpty();
    }

    [Fact]
    public async Task Of_the_temp_folder()
    {
        Directory.Delete(_service.Temp);
        await File.WriteAllBytesAsync(_service.Temp, []); // otherwise it would be created again

        using HttpResponseMessage response = await _service.UploadAsync(Pictures.Jpeg(60, 40));

        await ShouldBeFaultAsync(response);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Is_none_when_somebody_cleaned_the_temp_folder_away()
    {
        Directory.Delete(_service.Temp);

        using HttpResponseMessage response = await _service.UploadAsync(Pictures.Jpeg(60, 40));

        await response.ShouldBeJsonAsync(200);
    }

    [Theory]
    [InlineData("incoming")]
    [InlineData("active")]
    public async Task At_publish(string side)
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        await LoseAsync(side);

        using HttpResponseMessage response = await _service.PublishAsync(key);

        await ShouldBeFaultAsync(response);
    }

    [Theory]
    [InlineData("incoming")]
    [InlineData("active")]
    [Trait("fault", "c2c-10")]
    [Trait("fault", "v6-6")]
    public async Task At_delete(string side)
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        await LoseAsync(side);

        using HttpResponseMessage response = await _service.DeleteAsync(key, Key);

        await ShouldBeFaultAsync(response);
    }

    [Fact]
    public async Task At_active()
    {
        await LoseAsync("active");

        using HttpResponseMessage response = await _service.Client.GetAsync($"/active/{Key}");

        await ShouldBeFaultAsync(response);
    }

    [Fact]
    public async Task Passes_when_the_storage_is_back()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        await LoseAsync("active");
        using HttpResponseMessage during = await _service.PublishAsync(key);
        await ShouldBeFaultAsync(during);

        await _service.Active.BringBackAsync();

        using HttpResponseMessage after = await _service.PublishAsync(key);
        await after.ShouldBeJsonAsync(200);
        (await _service.Active.NamesAsync()).Should().HaveCount(4);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Is_told_to_the_operator_once()
    {
        await LoseAsync("active");

        using HttpResponseMessage response = await _service.PublishAsync(Key);

        _service.Logs.AtLeast(LogLevel.Warning).Should().ContainSingle().Which.Should().Contain("POST /publish failed at the active storage");
    }

    private Task LoseAsync(string side) => _service.LoseAsync(side == "incoming" ? _service.Incoming : _service.Active);

    private async Task ShouldBeFaultAsync(HttpResponseMessage response)
    {
        await response.ShouldBeProblemAsync(503, "storage_unavailable");
        response.Headers.RetryAfter!.Delta.Should().BePositive();
        (await response.Content.ReadAsStringAsync()).Should().NotContain(_service.Folder);
    }
}
