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
        const string Old = "1475660224_1.jpg";
        await service.Incoming.PutAsync(Old, Pictures.Jpeg(60, 40));
        service.Time.Pass(TimeSpan.FromHours(3));
        string young = await service.UploadedAsync(Pictures.Jpeg(60, 40));

        for (int i = 0; i < 300 && (await service.Incoming.NamesAsync()).Contains(Old); i++)
        {
            await Task.Delay(100);
        }

        (await service.Incoming.NamesAsync()).Should().HaveCount(4).And.Contain(young);
        (await service.Active.NamesAsync()).Should().HaveCount(4).And.Contain(published);
    }
}
