using System.Net;
using ImageBackend.Testing;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Web.Tests;

/// <summary>What crashes of older versions, other programs and operators left in a storage: served, or refused in plain words.</summary>
public sealed class BadEntryTests : IAsyncLifetime
{
    private const string Key = "1475660224_882910455.jpg";

    private static readonly string[] Thumbnails = [.. new[] { "BI", "MI", "SI" }.Select(ThumbnailOf)];
    private static readonly byte[] Photo = Pictures.Jpeg(300, 200);

    private TestService _service = null!;

    public async Task InitializeAsync() => _service = await TestService.StartAsync();

    public Task DisposeAsync() => _service.DisposeAsync().AsTask();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_empty_upload_is_not_published(bool hasThumbnails)
    {
        await _service.Incoming.PutAsync(Key, []);
        await PutThumbnailsAsync(_service.Incoming, hasThumbnails ? Thumbnails : []);

        await (await _service.PublishAsync(Key)).ShouldBeProblemAsync(400, "empty_file");

        (await _service.Active.NamesAsync()).Should().BeEmpty();
        await ShouldBeDeletedAsync();
    }

    [Fact]
    public async Task An_empty_thumbnail_of_an_upload_is_made_again()
    {
        await _service.Incoming.PutAsync(Key, Photo);
        await PutThumbnailsAsync(_service.Incoming, Thumbnails);
        await _service.Incoming.PutAsync(Thumbnails[1], []);

        await (await _service.PublishAsync(Key)).ShouldBeJsonAsync(200);

        Look.SizeOf(await _service.Active.ReadAsync(Thumbnails[1])).Should().Be((300, 200));
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task An_empty_thumbnail_that_is_published_is_made_again_by_the_next_publish()
    {
        await _service.Active.PutAsync(Key, Photo);
        await PutThumbnailsAsync(_service.Active, Thumbnails);
        await _service.Active.PutAsync(Thumbnails[1], []);

        await (await _service.PublishAsync(Key)).ShouldBeJsonAsync(200);

        Look.SizeOf(await _service.Active.ReadAsync(Thumbnails[1])).Should().Be((300, 200));
    }

    [Fact]
    public async Task An_empty_original_that_is_published_is_refused_by_every_change_and_can_be_deleted()
    {
        await _service.Active.PutAsync(Key, []);
        await PutThumbnailsAsync(_service.Active, Thumbnails);

        using HttpResponseMessage get = await _service.Client.GetAsync($"/active/{Key}");
        using HttpResponseMessage rotate = await ChangeAsync("/rotate", ("rotation", "90"));
        using HttpResponseMessage recrop = await ChangeAsync("/recrop", ("crop", "100x100+0+0"));

        get.StatusCode.Should().Be(HttpStatusCode.OK, "it is what is stored");
        await rotate.ShouldBeProblemAsync(400, "broken_image");
        await recrop.ShouldBeProblemAsync(400, "broken_image");
        (await _service.Active.NamesAsync()).Should().HaveCount(4);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
        await ShouldBeDeletedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_original_without_thumbnails_gets_them_when_it_is_published(bool isPublished)
    {
        await (isPublished ? _service.Active : _service.Incoming).PutAsync(Key, Photo);

        await (await _service.PublishAsync(Key)).ShouldBeJsonAsync(200);

        (await _service.Active.NamesAsync()).Should().BeEquivalentTo([Key, .. Thumbnails]);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task Thumbnails_without_an_original_are_no_image_and_can_be_deleted()
    {
        await PutThumbnailsAsync(_service.Incoming, Thumbnails);
        await PutThumbnailsAsync(_service.Active, Thumbnails);

        await (await _service.PublishAsync(Key)).ShouldBeProblemAsync(404, "unknown_image");
        await (await ChangeAsync("/rotate", ("rotation", "90"))).ShouldBeProblemAsync(404, "unknown_image");
        (await _service.Client.GetAsync($"/active/{Thumbnails[0]}")).StatusCode.Should().Be(HttpStatusCode.OK);

        await ShouldBeDeletedAsync();
    }

    [Theory]
    [InlineData(Key)]
    [InlineData("1475660224_882910455MI.jpg")]
    [Trait("Storage", "folders")]
    public async Task A_folder_where_a_published_file_should_be_is_a_fault_that_costs_no_upload(string name)
    {
        await _service.Incoming.PutAsync(Key, Photo);
        string folder = Path.Combine(_service.Folder, "active", name);
        Directory.CreateDirectory(Path.Combine(folder, "inside"));

        using HttpResponseMessage get = await _service.Client.GetAsync($"/active/{name}");
        using HttpResponseMessage publish = await _service.PublishAsync(Key);

        await get.ShouldBeProblemAsync(503, "storage_unavailable");
        await publish.ShouldBeProblemAsync(503, "storage_unavailable");
        _service.Logs.AtLeast(LogLevel.Error).Should().HaveCount(2, "each request says it once").And.AllSatisfy(line => line.Should().Contain("something else is in its place"));
        (await _service.Incoming.ReadAsync(Key)).Should().Equal(Photo);
        Directory.Delete(folder, recursive: true);
        await (await _service.PublishAsync(Key)).ShouldBeJsonAsync(200);
        (await _service.Active.NamesAsync()).Should().HaveCount(4);
    }

    [Fact]
    [Trait("Storage", "folders")]
    public async Task A_folder_named_like_an_upload_is_no_upload()
    {
        Directory.CreateDirectory(Path.Combine(_service.Folder, "incoming", Key));

        await (await _service.PublishAsync(Key)).ShouldBeProblemAsync(404, "unknown_image");
        await (await _service.DeleteAsync(Key)).ShouldBeJsonAsync(200);

        Directory.Exists(Path.Combine(_service.Folder, "incoming", Key)).Should().BeTrue("it is somebody else's");
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"recipe":"0123","crop":"999999x999999+0+0","more":[1]}""")]
    [InlineData(null)] // a folder
    [Trait("Storage", "folders")]
    public async Task What_is_damaged_or_foreign_in_the_hidden_folder_keeps_no_image_from_being_served_and_published(string? content)
    {
        string beside = Directory.CreateDirectory(Path.Combine(_service.Folder, "active", ".meta")).FullName;
        await _service.Active.PutAsync(Key, Photo);
        await PutThumbnailsAsync(_service.Active, Thumbnails);
        foreach (string name in new[] { $"{Thumbnails[0]}.json", "somebody's.json", "readme", ".hidden" })
        {
            if (content is null)
            {
                Directory.CreateDirectory(Path.Combine(beside, name));
            }
            else
            {
                await File.WriteAllTextAsync(Path.Combine(beside, name), content);
            }
        }

        (await _service.Client.GetAsync($"/active/{Thumbnails[0]}")).StatusCode.Should().Be(HttpStatusCode.OK);
        await (await _service.PublishAsync(Key)).ShouldBeJsonAsync(200);
        await (await _service.DeleteAsync(Key)).ShouldBeJsonAsync(200);
        (await _service.Active.NamesAsync()).Should().BeEmpty();
        _service.Logs.AtLeast(LogLevel.Error).Should().BeEmpty();
    }

    private static string ThumbnailOf(string suffix) => Key.Replace(".jpg", $"{suffix}.jpg", StringComparison.Ordinal);

    private static async Task PutThumbnailsAsync(TestStorage storage, string[] names)
    {
        foreach (string name in names)
        {
            await storage.PutAsync(name, Pictures.Jpeg(200, 200));
        }
    }

    private Task<HttpResponseMessage> ChangeAsync(string path, (string Name, string Value) field) =>
        _service.PostAsync(path, ("secret", TestService.Secret), ("filename", Key), field);

    private async Task ShouldBeDeletedAsync()
    {
        await (await _service.DeleteAsync(Key)).ShouldBeJsonAsync(200);
        (await _service.Incoming.NamesAsync()).Should().BeEmpty();
        (await _service.Active.NamesAsync()).Should().BeEmpty();
    }
}
