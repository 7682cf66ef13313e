using ImageBackend.Application.Images;
using ImageBackend.Domain;
using ImageBackend.Testing;

namespace ImageBackend.Application.Tests.Images;

public sealed class KeyMintTests : IDisposable
{
    private readonly TestApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    [Trait("fault", "v6-10")]
    public async Task Makes_a_key_of_the_seconds_of_utc_and_a_number()
    {
        (await MintAsync(7)).Should().Be("1748779200_0000000007.jpg");
    }

    [Fact]
    [Trait("fault", "v6-10")]
    public async Task Draws_again_while_a_key_is_taken_in_incoming_or_in_active()
    {
        _app.Incoming.Seed("1748779200_0000000001.jpg", "another's upload");
        _app.Active.Seed("1748779200_0000000002.jpg", "another's published photo");

        (await MintAsync(1, 2, 1, 2, 3)).Should().Be("1748779200_0000000003.jpg");
    }

    [Fact]
    public async Task Gives_up_when_five_keys_in_a_row_are_taken()
    {
        _app.Active.Seed("1748779200_0000000001.jpg", "another's");
        Func<Task> act = () => MintAsync(1, 1, 1, 1, 1, 2);

        await act.Should().ThrowAsync<InvalidOperationException>().WithMessage("No free key after 5 draws.");
    }

    private async Task<string> MintAsync(params long[] numbers)
    {
        Queue<long> left = new(numbers);
        KeyMint mint = new(_app.Stores, new Marks(_app.Marks, _app.Time), _app.Time, left.Dequeue);
        return (await mint.MintAsync(ImageFormat.Jpeg, CancellationToken.None)).ToString();
    }
}
