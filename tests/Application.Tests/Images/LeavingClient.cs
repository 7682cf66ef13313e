using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

/// <summary>A client that disconnects in the middle of a change to a published image, at each call of the storages in turn.</summary>
internal static class LeavingClient
{
    /// <summary>In the end either the whole change is there or none of it, and nothing is left in incoming.</summary>
    /// <param name="change">Sends the change of an image.</param>
    /// <param name="originals">
    /// The originals that are published afterwards, given the old image and the new one (null if the change was abandoned).
    /// </param>
    public static async Task LeavesAtEachCallAsync(
        Func<TestApp, ImageKey, CancellationToken, Task<ImageKey>> change, Func<ImageKey, ImageKey?, ImageKey[]> originals)
    {
        for (int n = 1; ; n++)
        {
            using TestApp app = new();
            using CancellationTokenSource client = new();
            ImageKey old = (await app.SendAsync(new UploadImage(new MemoryStream(TestPictures.Jpeg())))).Key;
            await app.SendAsync(new PublishImage(old.ToString()));
            int before = app.Calls.Count;
            app.Calls.BeforeCall = _ => app.Calls.Count >= before + n ? client.CancelAsync() : Task.CompletedTask;
            ImageKey? made = null;
            try
            {
                made = await change(app, old, client.Token);
            }
            catch (OperationCanceledException)
            {
                // Before others could see the new image.
            }

            ImageKey[] expected = originals(old, made);
            app.Active.Keys.Select(ImageKey.Parse).Where(ThumbnailSet.Default.IsOriginal).Should().BeEquivalentTo(expected, "the client left at call {0}", n);
            app.Active.Keys.Should().HaveCount(4 * expected.Length);
            app.Incoming.Keys.Should().BeEmpty();
            if (!client.IsCancellationRequested)
            {
                n.Should().BeGreaterThan(20);
                return;
            }
        }
    }
}
