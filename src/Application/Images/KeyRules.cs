using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Codes of failed validations, as they appear in answers.</summary>
public static class ErrorCodes
{
    public const string BadKey = "bad_key";
    public const string BadParameter = "bad_parameter";
}

internal static class KeyRules
{
    /// <summary>The text must match the value's own grammar, so that each grammar is written once.</summary>
    public static IRuleBuilderOptions<TRequest, string?> MustParseAs<TRequest, TValue>(this IRuleBuilder<TRequest, string?> rule, string code)
        where TValue : IParsable<TValue> =>
        rule.Must(text => text is not null && TValue.TryParse(text, null, out _))
            .WithErrorCode(code)
            .WithMessage((_, text) => ImageKey.NotAKey(Short(text)));

    /// <summary>The text must be the key of an original, not of one of its thumbnails.</summary>
    public static IRuleBuilderOptions<TRequest, string?> MustBeOriginal<TRequest>(this IRuleBuilderInitial<TRequest, string?> rule, ThumbnailSet set) =>
        rule.Cascade(CascadeMode.Stop)
            .NotNull()
            .WithErrorCode(ErrorCodes.BadKey)
            .WithMessage("No filename is given.")
            .MustParseAs<TRequest, ImageKey>(ErrorCodes.BadKey)
            .Must(text => set.IsOriginal(ImageKey.Parse(text!)))
            .WithErrorCode(ErrorCodes.BadKey)
            .WithMessage((_, text) => NotAnOriginal(Short(text)));

    /// <summary>The key is an original's, not one of its thumbnails'.</summary>
    public static IRuleBuilderOptions<TRequest, ImageKey> MustBeOriginal<TRequest>(this IRuleBuilder<TRequest, ImageKey> rule, ThumbnailSet set) =>
        rule.Must(set.IsOriginal)
            .WithErrorCode(ErrorCodes.BadKey)
            .WithMessage((_, key) => NotAnOriginal(key.ToString()));

    public static IRuleBuilderOptions<TRequest, string?> MustBeCropOrNull<TRequest>(this IRuleBuilder<TRequest, string?> rule) =>
        rule.Must(text => text is null || CropArea.TryParse(text, out _))
            .WithErrorCode(InvalidImageException.BadCrop)
            .WithMessage((_, text) => $"'{Short(text)}' is not a valid crop: give WxH+X+Y in pixels of the upright picture, both sides at least 1, such as 800x600+10+20.");

    public static IRuleBuilderOptions<TRequest, string?> MustBeRotation<TRequest>(this IRuleBuilder<TRequest, string?> rule) =>
        rule.Must(text => Rotation.TryParse(text, out _))
            .WithErrorCode(InvalidImageException.BadRotation)
            .WithMessage((_, text) => $"'{Short(text)}' is not a valid rotation: give 90 (clockwise), -90 or 180.");

    private static string NotAnOriginal(string text) => $"'{text}' is a thumbnail's key; give the original's.";

    // Enough to recognise what was sent, without sending it back in full.
    private static string Short(string? text) => text is { Length: > 100 } ? text[..100] + "…" : text ?? "";
}
