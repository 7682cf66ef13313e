using ImageBackend.Application.Images.Modern;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace ImageBackend.Infrastructure.Tests.Background;

public sealed class ModernWorkerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(6, 3)]
    public async Task Makes_as_many_images_at_a_time_as_half_of_the_workers(int workers, int expected)
    {
        const int Images = 5;
        using SemaphoreSlim begun = new(0);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IMediator mediator = Substitute.For<IMediator>();
        mediator.Send(Arg.Any<MakeModernThumbnails>(), Arg.Any<CancellationToken>()).Returns(async _ =>
        {
            begun.Release();
            await goOn.Task;
            return ModernOutcome.Complete;
        });
        await using ServiceProvider services = new ServiceCollection().AddSingleton(mediator).BuildServiceProvider();
        ModernBacklog backlog = new();
        using ModernWorker worker = new(
            backlog, new ImagingSettings(workers), services.GetRequiredService<IServiceScopeFactory>(), NullLogger<ModernWorker>.Instance);
        for (int i = 0; i < Images; i++)
        {
            backlog.Add(ImageKey.Parse($"169000000{i}_0000000001.jpg"));
        }

        await worker.StartAsync(CancellationToken.None);
        for (int i = 0; i < expected; i++)
        {
            (await begun.WaitAsync(Patience)).Should().BeTrue();
        }

        // Those already begun wait for us, so no other may begin.
        (await begun.WaitAsync(TimeSpan.FromMilliseconds(100))).Should().BeFalse();
        goOn.SetResult();
        for (int i = expected; i < Images; i++)
        {
            (await begun.WaitAsync(Patience)).Should().BeTrue();
        }

        await worker.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Goes_on_after_a_fault_that_nobody_foresaw_and_says_it()
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        IMediator mediator = Substitute.For<IMediator>();
        mediator.Send(Arg.Any<MakeModernThumbnails>(), Arg.Any<CancellationToken>()).Returns(call =>
        {
            if (call.Arg<MakeModernThumbnails>().Key.Stem.StartsWith("1690000000", StringComparison.Ordinal))
            {
                throw new NotSupportedException("nobody foresaw it");
            }

            done.SetResult();
            return ModernOutcome.Complete;
        });
        await using ServiceProvider services = new ServiceCollection().AddSingleton(mediator).BuildServiceProvider();
        LogLines log = new();
        ModernBacklog backlog = new();
        using ModernWorker worker = new(
            backlog, new ImagingSettings(1), services.GetRequiredService<IServiceScopeFactory>(), new LineLogger<ModernWorker>(log));
        backlog.Add(ImageKey.Parse("1690000000_0000000001.jpg"));
        backlog.Add(ImageKey.Parse("1690000001_0000000001.jpg"));

        await worker.StartAsync(CancellationToken.None);
        await done.Task.WaitAsync(Patience);

        worker.ExecuteTask!.IsFaulted.Should().BeFalse("then the host would end the service");
        log.All.Should().ContainSingle().Which.Should().StartWith("Error WebP and AVIF of 1690000000_0000000001.jpg are delayed");
        await worker.StopAsync(CancellationToken.None);
    }
}
