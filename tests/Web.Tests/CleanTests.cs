using ImageBackend.Testing;

namespace ImageBackend.Web.Tests;

public sealed class CleanTests
{
    [Fact]
    public async Task What_is_not_published_in_time_is_removed_by_itself()
    {
        await using TestService service = await TestService.StartAsync(("CLEAN_INTERVAL", "1s"));
        string published = await service.UploadedAsync(Pictures.Jpeg(60, 40));
        (await service.PublishAsync(published)).Dispose();
        string young = await service.UploadedAsync(Pictures.Jpeg(60, 40));
        string path = Path.Combine(service.Incoming, "1475660224_1.jpg");
        await File.WriteAllBytesAsync(path, Pictures.Jpeg(60, 40));
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-3));

        for (int i = 0; i < 300 && File.Exists(path); i++)
        {
            await Task.Delay(100);
        }

        TestService.ImagesIn(service.Incoming).Should().HaveCount(4).And.Contain(young);
        TestService.ImagesIn(service.Active).Should().HaveCount(4).And.Contain(published);
    }
}
