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
    public async Task At_upload(string folder)
    {
        Lose(folder);

        using HttpResponseMessage response = await _service.UploadAsync(Pictures.Jpeg(60, 40));

        await ShouldBeFaultAsync(response);
        Directory.EnumerateFileSystemEntries(_service.Folder, "*", SearchOption.AllDirectories).Should().HaveCount(2, "two empty folders are left");
    }

    [Fact]
    public async Task Of_the_temp_folder()
    {
        Lose("temp");
        await File.WriteAllBytesAsync(_service.Temp, []); // else it would be made anew

        using HttpResponseMessage response = await _service.UploadAsync(Pictures.Jpeg(60, 40));

        await ShouldBeFaultAsync(response);
        TestService.ImagesIn(_service.Incoming).Should().BeEmpty();
    }

    [Fact]
    public async Task Is_none_when_somebody_cleaned_the_temp_folder_away()
    {
        Lose("temp");

        using HttpResponseMessage response = await _service.UploadAsync(Pictures.Jpeg(60, 40));

        await response.ShouldBeJsonAsync(200);
    }

    [Theory]
    [InlineData("incoming")]
    [InlineData("active")]
    public async Task At_publish(string folder)
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        Lose(folder);

        using HttpResponseMessage response = await _service.PublishAsync(key);

        await ShouldBeFaultAsync(response);
    }

    [Theory]
    [InlineData("incoming")]
    [InlineData("active")]
    [Trait("fault", "c2c-10")]
    [Trait("fault", "v6-6")]
    public async Task At_delete(string folder)
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        Lose(folder);

        using HttpResponseMessage response = await _service.DeleteAsync(key, Key);

        await ShouldBeFaultAsync(response);
    }

    [Fact]
    public async Task At_active()
    {
        Lose("active");

        using HttpResponseMessage response = await _service.Client.GetAsync($"/active/{Key}");

        await ShouldBeFaultAsync(response);
    }

    [Fact]
    public async Task Passes_when_the_storage_is_back()
    {
        string key = await _service.UploadedAsync(Pictures.Jpeg(60, 40));
        Directory.Move(_service.Active, _service.Active + ".away");
        using HttpResponseMessage during = await _service.PublishAsync(key);
        await ShouldBeFaultAsync(during);

        Directory.Move(_service.Active + ".away", _service.Active);

        using HttpResponseMessage after = await _service.PublishAsync(key);
        await after.ShouldBeJsonAsync(200);
        TestService.ImagesIn(_service.Active).Should().HaveCount(4);
        TestService.ImagesIn(_service.Incoming).Should().BeEmpty();
    }

    [Fact]
    public async Task Is_told_to_the_operator_once()
    {
        Lose("active");

        using HttpResponseMessage response = await _service.PublishAsync(Key);

        _service.Logs.AtLeast(LogLevel.Warning).Should().ContainSingle().Which.Should().Contain("POST /publish failed at the active storage");
    }

    private void Lose(string folder) => Directory.Delete(Path.Combine(_service.Folder, folder), recursive: true);

    private async Task ShouldBeFaultAsync(HttpResponseMessage response)
    {
        await response.ShouldBeProblemAsync(503, "storage_unavailable");
        response.Headers.RetryAfter!.Delta.Should().BePositive();
        (await response.Content.ReadAsStringAsync()).Should().NotContain(_service.Folder);
    }
}
